import type { ProcessInfo } from '../protocol/limits.ts';
import { killNow } from './owner.ts';
import { isStopped, processStart } from './processes.ts';

const mostRounds = 20;

/** Stops a tree by signals where no control group can freeze it, and lets go on only what it has stopped itself. */
export class Halt {
  readonly #stopped = new Map<number, string>();

  /** Round after round: one that was forked between two looks shows in the next. */
  async freeze(census: () => Promise<readonly ProcessInfo[]>): Promise<void> {
    for (let round = 0; round < mostRounds; round++) {
      const fresh = (await census()).filter(
        ({ pid, started }) => this.#stopped.get(pid) !== started && !isStopped(pid),
      );
      if (fresh.length === 0) return;
      for (const { pid, started } of fresh) {
        killNow(pid, 'SIGSTOP');
        this.#stopped.set(pid, started);
      }
    }
  }

  thaw(): void {
    for (const [pid, started] of this.#stopped) if (processStart(pid) === started) killNow(pid, 'SIGCONT');
    this.#stopped.clear();
  }
}
