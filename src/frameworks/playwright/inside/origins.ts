import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, introduced } from '../../inside/failure.ts';
import type { TestRef } from './selection.ts';
import { style } from './style.ts';

/** Knows which test began what fails after it has ended, and charges it: playwright blames whichever test runs then. */
export class Origins {
  readonly #origin = new AsyncLocalStorage<TestRef | null>();
  readonly #events: EventPipe;
  #running: TestRef | null = null;

  constructor(events: EventPipe) {
    this.#events = events;
    const emit = process.emit.bind(process) as (name: string, ...rest: unknown[]) => boolean;
    process.emit = ((name: string, ...rest: unknown[]) =>
      (/^un(?:caughtException|handledRejection)$/.test(name) && this.#charge(rest[0])) ||
      emit(name, ...rest)) as typeof process.emit;
  }

  /** All that follows in the same turn, and all that this begins, is of the test. */
  begin(ref: TestRef | null): void {
    this.#running = ref;
    this.#origin.enterWith(ref);
  }

  end(): void {
    this.#running = null;
  }

  #charge(error: unknown): boolean {
    const ref = this.#origin.getStore();
    // While its own test runs, playwright blames the right one.
    if (!ref || ref === this.#running) return false;
    const failure = introduced('Outside of the test that began it', describeFailure(error, style));
    this.#events.say({ t: 'error', phase: 'teardown', ...ref, failure });
    return true;
  }
}
