/** Longest count at once: of a sleep of the whole machine no more than this is held against a test. */
const stepMs = 1000;
/** Later than this, the machine or this process was not running, and neither were the tests. */
const stallMs = 2000;

/** A time limit under way. */
export interface Countdown {
  cancel(): void;
  /** From the beginning again. */
  restart(): void;
}

/**
 * Counts the time in which tests can run: not while they are suspended, nor while the machine sleeps (on Linux the timers
 * of Node stand still then, elsewhere they do not).
 */
export class Clock {
  readonly #running = new Set<Count>();
  #paused = false;

  after(ms: number, act: () => void): Countdown {
    const count = new Count(ms, () => {
      this.#running.delete(count);
      act();
    });
    this.#running.add(count);
    if (!this.#paused) count.go();
    return {
      cancel: () => {
        count.halt();
        this.#running.delete(count);
      },
      restart: () => count.restart(),
    };
  }

  pause(): void {
    this.#paused = true;
    for (const count of this.#running) count.halt();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const count of this.#running) count.go();
  }
}

class Count {
  readonly #ms: number;
  readonly #act: () => void;
  #left: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, act: () => void) {
    this.#ms = ms;
    this.#left = ms;
    this.#act = act;
  }

  go(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#tick(), Math.min(this.#left, stepMs));
  }

  halt(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#count();
  }

  /** Called for every line of output, so the timer itself is left alone: it looks again when it fires. */
  restart(): void {
    this.#left = this.#ms;
    this.#since = performance.now();
  }

  #tick(): void {
    this.#timer = undefined;
    this.#count();
    if (this.#left <= 0) this.#act();
    else this.go();
  }

  #count(): void {
    const passed = performance.now() - this.#since;
    this.#left -= passed > stepMs + stallMs ? stepMs : passed;
  }
}

/** The one of this process: what suspends a warden suspends every limit in it. */
export const clock = new Clock();
