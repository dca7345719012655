import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';

// VS Code's Test Explorer adds a hover listener at every change of a visible row and keeps it until the row is made anew, so
// its cost is quadratic in the number of changes: 5,000 serial started/passed pairs freeze the window for a minute. What this
// class leaves out is what changes rows without telling much: short "running" states, and durations once there are too many.

export interface Clock {
  now(): number;
  /** Calls back once after `ms`; returns what takes that back. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back in the next turn of the event loop. */
  soon(callback: () => void): void;
}

/** What the editor is told, in order. */
export interface PaceSink {
  enqueued(test: TestInfo): void;
  started(key: TestKey): void;
  output(key: TestKey, text: string): void;
  ended(record: TestRecord, durationMs: number | undefined): void;
}

export const paceLimits = {
  /** A result that comes within this time makes its "running" state unnecessary. */
  holdMs: 250,
  perTurn: 500,
  /** A run of more tests than this is large: the limits below hold for it. */
  largeRun: 1_000,
  slowTestMs: 100,
  durations: 1_000,
  started: 1_000,
} as const;

type Event =
  | { readonly kind: 'enqueued'; readonly test: TestInfo }
  | { readonly kind: 'started'; readonly key: TestKey }
  | { readonly kind: 'output'; readonly key: TestKey; readonly text: string }
  | { readonly kind: 'ended'; readonly record: TestRecord };

/** Between the warden's notices and one run of the Test Explorer. */
export class Pace {
  readonly #clock: Clock;
  readonly #sink: PaceSink;
  readonly #held = new Map<TestKey, number>();
  #queue: Event[] = [];
  #scheduled = false;
  #planned = 0;
  #durations = 0;
  #started = 0;
  #forgetTimer: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(clock: Clock, sink: PaceSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  planned(tests: readonly TestInfo[]): void {
    this.#planned += tests.length;
    for (const test of tests) this.#push({ kind: 'enqueued', test });
  }

  started(key: TestKey): void {
    this.#held.set(key, this.#clock.now() + paceLimits.holdMs);
    this.#arm();
  }

  output(key: TestKey, text: string): void {
    this.#push({ kind: 'output', key, text });
  }

  ended(record: TestRecord): void {
    this.#held.delete(record.test.key);
    this.#push({ kind: 'ended', record });
  }

  /** Resolves when everything that was said has reached the editor; "running" states still held are dropped. */
  drained(): Promise<void> {
    this.#held.clear();
    this.#forgetTimer?.();
    this.#forgetTimer = undefined;
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** One timer for all: they are held equally long, so the oldest is due first. */
  #arm(): void {
    const oldest = this.#held.values().next();
    if (this.#forgetTimer || oldest.done) return;
    this.#forgetTimer = this.#clock.after(Math.max(0, oldest.value - this.#clock.now()), () => {
      this.#forgetTimer = undefined;
      this.#release();
      this.#arm();
    });
  }

  #release(): void {
    const now = this.#clock.now();
    for (const [key, due] of this.#held) {
      if (due > now) return;
      this.#held.delete(key);
      if (this.#isLarge && this.#started >= paceLimits.started) continue;
      this.#started++;
      this.#push({ kind: 'started', key });
    }
  }

  #push(event: Event): void {
    this.#queue.push(event);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const slice = this.#queue.splice(0, paceLimits.perTurn);
    if (this.#queue.length > 0) {
      this.#scheduled = true;
      this.#clock.soon(() => this.#turn());
    }
    for (const event of slice) this.#tell(event);
    if (this.#queue.length > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #tell(event: Event): void {
    switch (event.kind) {
      case 'enqueued':
        this.#sink.enqueued(event.test);
        return;
      case 'started':
        this.#sink.started(event.key);
        return;
      case 'output':
        this.#sink.output(event.key, event.text);
        return;
      case 'ended':
        this.#sink.ended(event.record, this.#duration(event.record.durationMs));
    }
  }

  #duration(ms: number | null): number | undefined {
    if (ms === null) return undefined;
    if (this.#isLarge && (ms < paceLimits.slowTestMs || this.#durations >= paceLimits.durations)) return undefined;
    this.#durations++;
    return ms;
  }

  get #isLarge(): boolean {
    return this.#planned > paceLimits.largeRun;
  }
}

/** Of this process. */
export const clock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  soon: callback => void setImmediate(callback),
};
