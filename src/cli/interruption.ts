import { exitCodeOf, exitCodes } from './exit-codes.ts';

/** `unwritable`: standard output takes no more, as on a disk that is full. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE' | 'unwritable';

export interface InterruptionOptions {
  readonly say: (text: string) => void;
  /** Leaves at once: whatever the warden holds it reaps when the pipe to it closes. */
  readonly abandon: (code: number) => void;
  /** How long killing may take before this process leaves without waiting for it. */
  readonly patienceMs: number;
}

/** The first request to stop lets running tests end; the second does not; the third does not even wait. */
export class Interruption {
  readonly #options: InterruptionOptions;
  readonly #requested = Promise.withResolvers<number>();
  #stop: ((hard: boolean) => void) | null = null;
  #times = 0;
  #code: number | null = null;
  #deadline: NodeJS.Timeout | null = null;

  constructor(options: InterruptionOptions) {
    this.#options = options;
  }

  /** Null: nobody has asked to stop. */
  get exitCode(): number | null {
    return this.#code;
  }

  /** Resolves with the exit code when somebody asks to stop. */
  get requested(): Promise<number> {
    return this.#requested.promise;
  }

  /** What stops a run, from when there is one. */
  whenAsked(stop: (hard: boolean) => void): void {
    this.#stop = stop;
  }

  readonly raise = (signal: StopSignal): void => {
    this.#times++;
    this.#code ??= signal === 'unwritable' ? exitCodes.infrastructure : exitCodeOf(signal);
    const unread = signal === 'SIGPIPE' || signal === 'unwritable';
    this.#requested.resolve(this.#code);
    // Nobody reads any more: there is no one to wait for.
    if (unread && this.#times === 1) this.#times = 2;
    else if (!unread) this.#options.say(this.#said());
    if (this.#times > 2) this.#options.abandon(this.#code);
    else this.#stop?.(this.#times === 2);
    if (this.#times === 2) {
      this.#deadline ??= setTimeout(() => this.#options.abandon(this.#code ?? 1), this.#options.patienceMs);
    }
  };

  end(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
  }

  #said(): string {
    switch (this.#times) {
      case 1:
        return 'Stopping: the running tests are asked to end. Press Ctrl-C again to kill them at once.';
      case 2:
        return 'Killing the running tests.';
      default:
        return 'Leaving: what is still alive is killed in the background.';
    }
  }
}
