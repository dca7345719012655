import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cage, Mechanism } from '../cages/cage.ts';
import type { Launch } from '../frameworks/framework.ts';
import type { InsideEvent } from '../protocol/events.ts';
import type { Limits, ProcessInfo, Shortcoming } from '../protocol/limits.ts';
import { testEnvironment, whyNotExecutable } from './environment.ts';
import { EventReader } from './event-reader.ts';
import type { ProcessEvidence, StopReason } from './evidence.ts';
import { OutputCapture } from './output.ts';

/** Time that leftovers have to end by themselves, and that a held pipe has after the cage is empty. */
const lingerMs = 100;
const sampleMs = 50;
const heapTailBytes = 16 * 1024;

export interface CagedOptions {
  readonly id: string;
  readonly mechanism: Mechanism;
  readonly launch: Launch;
  readonly limits: Limits;
  readonly onEvent: (event: InsideEvent) => void;
  readonly onOutput: (text: Buffer, from: 'stdout' | 'stderr') => void;
  /** What of a chunk is to be kept and shown; absent: all of it. */
  readonly readable?: (chunk: Buffer, from: 'stdout' | 'stderr') => Buffer;
  /** Noted before the first signal, so that the reason is on record whatever happens next. */
  readonly onStop: (reason: StopReason) => void;
}

/** One process in one cage, from its launch until nothing of it is left. */
export class CagedProcess {
  readonly finished: Promise<ProcessEvidence>;
  readonly output: OutputCapture;
  readonly startedAt = Date.now();
  readonly #options: CagedOptions;
  readonly #events: EventReader;
  readonly #cage: Cage;
  #child: ChildProcess | null = null;
  #stop: StopReason | null = null;
  #exit: ProcessEvidence['exit'] = null;
  #exited = Promise.withResolvers<void>();
  #maxProcesses = 0;
  #ignoredSigterm = false;
  #printedBytes = 0;

  /** Throws where the cage itself cannot be made. */
  constructor(options: CagedOptions) {
    this.#options = options;
    this.output = new OutputCapture(options.limits.outputBytes);
    this.#events = new EventReader(options.onEvent);
    this.#cage = options.mechanism.open(options.id, {
      limits: options.limits,
      onOverMemory: bytes => void this.stop({ kind: 'over-memory', bytes }),
    });
    this.finished = this.#run();
  }

  get id(): string {
    return this.#options.id;
  }

  get unenforced(): readonly Shortcoming[] {
    return this.#cage.unenforced;
  }

  /** The kernel's count of kills for memory so far. */
  get oomKills(): number {
    return this.#cage.counters().oomKills ?? 0;
  }

  live(): { memoryBytes: number; processes: number } {
    const usage = this.#cage.live();
    this.#maxProcesses = Math.max(this.#maxProcesses, usage.processes);
    return usage;
  }

  census(): Promise<ProcessInfo[]> {
    return this.#cage.census();
  }

  /** The first reason stands. A second call, or `hard`, ends the time of grace. */
  async stop(reason: StopReason, hard = false): Promise<void> {
    if (this.#exit) return;
    if (this.#stop === null) {
      this.#stop = reason;
      this.#options.onStop(reason);
      const graceMs =
        hard || reason.kind === 'over-memory' || reason.kind === 'flood' ? 0 : this.#options.limits.graceMs;
      if (graceMs > 0 && this.#cage.signal('SIGTERM')) {
        const ended = await Promise.race([
          this.#exited.promise.then(() => true),
          sleep(graceMs, false, { ref: false }),
        ]);
        if (ended) return;
        this.#ignoredSigterm = true;
      }
    } else if (!hard) return;
    await this.#cage.kill();
  }

  async #run(): Promise<ProcessEvidence> {
    const started = performance.now();
    const spawnError = await this.#spawn();
    // The kernel's record of the most processes counts threads too, so they are counted by looking.
    const sampler = setInterval(() => this.live(), sampleMs);
    const notStarted = spawnError ?? (await this.#leaderEnd());
    clearInterval(sampler);
    const leftovers = await this.#leftovers();
    const survivors = await this.#cage.kill();
    const leakedPipe = await this.#drain();
    this.#events.end();
    const counters = this.#cage.counters();
    if (survivors.length === 0) await this.#cage.remove();
    return {
      spawnError: notStarted,
      exit: this.#exit,
      stop: this.#stop,
      ...counters,
      unenforced: this.#cage.unenforced,
      maxProcesses: Math.max(this.#maxProcesses, leftovers.length),
      wallMs: performance.now() - started,
      leftovers,
      survivors,
      leakedPipe,
      ignoredSigterm: this.#ignoredSigterm,
      outputTail: this.output.tail(heapTailBytes),
      protocolProblems: this.#events.problems,
    };
  }

  /** Waits for the leader's end; the answer is why it never began, if it did not. */
  async #leaderEnd(): Promise<string | null> {
    const end = await this.#cage.leader;
    this.live();
    if (end.kind === 'ended') this.#exit = { code: end.code, signal: end.signal };
    this.#exited.resolve();
    return end.kind === 'ended' ? null : end.because;
  }

  async #spawn(): Promise<string | null> {
    const { launch } = this.#options;
    const env = testEnvironment({ ...launch.env, BULKHEAD_FD: '3' });
    const missing = whyNotExecutable(launch.file, launch.cwd, env['PATH']);
    if (missing !== null) return missing;
    const wrapped = this.#cage.wrap(launch);
    const child = spawn(wrapped.file, [...wrapped.args], {
      cwd: wrapped.cwd,
      env: { ...env, ...wrapped.env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(wrapped.control ? (['pipe'] as const) : [])],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    const failed = new Promise<string>(resolve => child.once('error', error => resolve(error.message)));
    if (child.pid === undefined) return failed;
    this.#cage.born(child);
    this.#maxProcesses = 1;
    child.stdout?.on('data', (chunk: Buffer) => this.#print(chunk, 'stdout'));
    child.stderr?.on('data', (chunk: Buffer) => this.#print(chunk, 'stderr'));
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => this.#events.push(chunk));
    // A reset of a pipe by a dying process is its end, which `close` tells.
    for (const stream of child.stdio) stream?.on('error', () => {});
    this.live();
    return null;
  }

  #print(chunk: Buffer, from: 'stdout' | 'stderr'): void {
    const kept = this.#options.readable?.(chunk, from) ?? chunk;
    this.#options.onOutput(this.output.push(kept), from);
    this.#count(chunk.length);
  }

  /** Output that the framework had kept to itself counts like what is printed; the answer is what may be shown of it live. */
  takeOutput(text: string): string {
    const chunk = Buffer.from(text);
    const shown = this.output.push(chunk);
    this.#count(chunk.length);
    return shown.toString('utf8');
  }

  #count(bytes: number): void {
    this.#printedBytes += bytes;
    const limitBytes = this.#options.limits.outputLimitBytes;
    if (limitBytes !== null && this.#printedBytes > limitBytes) void this.stop({ kind: 'flood', limitBytes });
  }

  /** Who outlives the leader. A process on its way out is given a moment, so that it is not called a leftover. */
  async #leftovers(): Promise<readonly ProcessInfo[]> {
    const deadline = performance.now() + lingerMs;
    for (;;) {
      const alive = await this.#cage.census();
      if (alive.length === 0 || this.#stop !== null) return [];
      if (performance.now() >= deadline) return alive;
      await sleep(5);
    }
  }

  /** Everything written is read, unless a process that escaped the cage holds the pipe: then it is cut. */
  async #drain(): Promise<boolean> {
    const streams = (this.#child?.stdio ?? []).flatMap(stream => (stream && !stream.closed ? [stream] : []));
    const closed = Promise.all(streams.map(stream => new Promise(resolve => stream.once('close', resolve))));
    const leaked = await Promise.race([closed.then(() => false), sleep(lingerMs, true, { ref: false })]);
    for (const stream of streams) stream.destroy();
    return leaked;
  }
}
