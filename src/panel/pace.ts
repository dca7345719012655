export interface Clock {
  now(): number;
  later(action: () => void, ms: number): void;
  /** When what is in the page by now has been drawn. */
  drawn(action: () => void): void;
  visible(): boolean;
}

/** Of the page itself. */
export const pageClock: Clock = {
  now: () => performance.now(),
  later: (action, ms) => void setTimeout(action, ms),
  drawn: action => void requestAnimationFrame(() => setTimeout(action)),
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

  /** The run changed its state: that does not wait for its turn, but for what came before to be seen. */
  soon(): void {
    this.#stale = true;
    this.#clock.drawn(() => this.shown());
  }

  /** The first rows: whoever opened the panel waits for them, and the rest of a large run comes after. */
  first(): void {
    if (!this.#clock.visible()) return this.request();
    this.#painted = this.#clock.now();
    this.now();
  }

  /** The user did something: its effect must be seen at once, and delays nothing else. */
  now(): void {
    this.#stale = false;
    this.#paint();
  }

  /** The panel came into view. */
  shown(): void {
    if (this.#stale && this.#clock.visible()) this.now();
  }

  #due(): void {
    this.#waiting = false;
    if (!this.#stale || !this.#clock.visible()) return;
    this.#painted = this.#clock.now();
    this.now();
  }
}
