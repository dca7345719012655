export interface Clock {
  now(): number;
  later(action: () => void, ms: number): void;
  visible(): boolean;
}

/** Of the page itself. */
export const pageClock: Clock = {
  now: () => performance.now(),
  later: (action, ms) => void setTimeout(action, ms),
  visible: () => document.visibilityState === 'visible',
};

/** What comes together is painted together. */
const togetherMs = 16;

/** Paints what arrives at most once an interval, and nothing while nobody looks. */
export class Pace {
  readonly #interval: number;
  readonly #clock: Clock;
  readonly #paint: () => void;
  #stale = false;
  #waiting = false;
  #painted = -Infinity;

  constructor(interval: number, clock: Clock, paint: () => void) {
    this.#interval = interval;
    this.#clock = clock;
    this.#paint = paint;
  }

  /** Something arrived. */
  request(): void {
    this.#stale = true;
    if (this.#waiting || !this.#clock.visible()) return;
    this.#waiting = true;
    const wait = Math.max(togetherMs, this.#painted + this.#interval - this.#clock.now());
    this.#clock.later(() => this.#due(), wait);
  }

  /** The user did something, or the run changed its state: its effect must be seen at once, and delays nothing else. */
  now(): void {
    this.#stale = false;
    this.#paint();
  }

  /** The panel came into view. */
  shown(): void {
    if (this.#stale) this.now();
  }

  #due(): void {
    this.#waiting = false;
    if (!this.#stale || !this.#clock.visible()) return;
    this.#painted = this.#clock.now();
    this.now();
  }
}
