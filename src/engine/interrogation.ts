import { setTimeout as sleep } from 'node:timers/promises';
import { killNow } from '../cages/owner.ts';
import type { Diagnostics } from '../frameworks/framework.ts';
import type { Limits, ProcessInfo } from '../protocol/limits.ts';
import type { FailureMessage } from '../protocol/verdict.ts';
import { withoutInspector } from './debugging.ts';
import { askNode } from './node-stack.ts';

/** A test is out of time already: more than this is not spent on where it is. */
const patienceMs = 1000;
/** Of silence, after which a dump is thought to be complete. */
const quietMs = 100;
const mostBytes = 64 * 1024;

/** Asks a process where it is stuck, and takes what it says of that out of what the test has printed. */
export class Interrogation {
  readonly #how: Diagnostics;
  readonly #limits: Limits;
  #heard = '';

  constructor(how: Diagnostics, limits: Limits) {
    this.#how = how;
    this.#limits = limits;
  }

  /** What is left of a chunk for the record of the test. */
  hear(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    if (this.#heard.length < mostBytes) this.#heard += chunk.toString('utf8', 0, mostBytes);
    return this.#how.kind === 'node' ? withoutInspector(chunk, from) : chunk;
  }

  async ask(processes: readonly ProcessInfo[]): Promise<FailureMessage | null> {
    const how = this.#how;
    switch (how.kind) {
      case 'node': {
        // The youngest: a runner may have started itself again with other arguments.
        const pid = processes.filter(({ command }) => how.program.test(command)).at(-1)?.pid;
        // A network of its own cannot be reached from here.
        if (pid === undefined || !this.#limits.network || process.platform === 'win32') return null;
        return askNode({
          wake: () => killNow(pid, 'SIGUSR1'),
          address: () => /Debugger listening on (ws:\S+)/.exec(this.#heard)?.[1] ?? null,
          patienceMs,
        });
      }
      case 'signal':
        for (const { pid, parent } of processes) {
          if (!processes.some(other => other.pid === parent)) killNow(pid, how.signal);
        }
        return this.#dump(how.signal);
    }
  }

  async #dump(signal: NodeJS.Signals): Promise<FailureMessage | null> {
    const deadline = performance.now() + patienceMs;
    for (let before = -1; performance.now() < deadline && (before !== this.#heard.length || before === 0);) {
      before = this.#heard.length;
      await sleep(quietMs);
    }
    if (this.#heard.trim() === '') return null;
    return { text: `Where it was stuck: what it printed on ${signal}.`, stack: this.#heard.trimEnd() };
  }
}
