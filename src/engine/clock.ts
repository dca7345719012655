/** Longest count at once. */
const stepMs = 1000;
/** Later than this, the machine, this process or its loop stood still. */
const stallMs = 2000;
/** What has happened in the meantime waits to be read: so much is left for that. */
const hearMs = 1000;

/** A time limit under way. */
export interface Countdown {
  cancel(): void;
  /** From the beginning again. */
  restart(): void;
}

/**
 * Counts the time in which tests can run and be heard: not while they are suspended, while the machine sleeps (on Linux the timers
 * of Node stand still then, elsewhere they do not), or while this process is stopped.
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
  #cpuMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  constructor(ms: number, act: () => void) {
    this.#ms = ms;
    this.#left = ms;
    this.#act = act;
  }

  go(): void {
    this.#since = performance.now();
    this.#cpuMs = ownCpuMs();
    this.#timer = setTimeout(() => this.#tick(), Math.min(this.#left, stepMs));
  }

  halt(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
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
    if (this.#left > 0) return this.go();
    // Timers run before what is there to be read, and the end of the test may be among that.
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (this.#left <= 0) this.#act();
      else this.go();
    });
  }

  /** Of a stall counts what this process itself was busy with, or a test that keeps it busy would never be out of time. */
  #count(): void {
    const passed = performance.now() - this.#since;
    if (passed <= stepMs + stallMs) this.#left -= passed;
    else this.#left = Math.max(this.#left, hearMs) - Math.min(passed, ownCpuMs() - this.#cpuMs);
  }
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The one of this process: what suspends a warden suspends every limit in it. */
export const clock = new Clock();
