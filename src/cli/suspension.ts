import { setTimeout as sleep } from 'node:timers/promises';

export interface Suspendable {
  suspend(): Promise<unknown>;
  resume(): Promise<unknown>;
}

export interface SuspensionOptions {
  /** Stops this process as the terminal wants it, and returns when it goes on. */
  readonly stop: () => Promise<void>;
  /** How long freezing the tests may take before this process stops all the same. */
  readonly patienceMs: number;
}

/** Ctrl-Z: the tests stop first, and then this process; `fg` lets both go on, and no time limit has counted meanwhile. */
export class Suspension {
  readonly #options: SuspensionOptions;
  #tests: Suspendable | null = null;
  #under = false;

  constructor(options: SuspensionOptions) {
    this.#options = options;
  }

  /** What is stopped with this process, from when there is something. */
  whenAsked(tests: Suspendable): void {
    this.#tests = tests;
  }

  readonly raise = (): void => {
    if (!this.#under) void this.#suspend();
  };

  async #suspend(): Promise<void> {
    this.#under = true;
    // A warden that is gone has no tests any more; that is heard elsewhere.
    const quietly = (work: Promise<unknown> | undefined) => work?.catch(() => undefined);
    await Promise.race([quietly(this.#tests?.suspend()), sleep(this.#options.patienceMs, null, { ref: false })]);
    await this.#options.stop();
    this.#under = false;
    await quietly(this.#tests?.resume());
  }
}

/** The default of SIGTSTP: a shell without job control, or none, lets it pass, and then this just goes on. */
export async function stopThisProcess(listener: () => void): Promise<void> {
  process.removeListener('SIGTSTP', listener);
  process.kill(process.pid, 'SIGTSTP');
  // While the process is stopped, its timers are not served.
  await sleep(50);
  process.on('SIGTSTP', listener);
}
