import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, introduced } from '../../inside/failure.ts';
import { compared } from './style.ts';
import type { TestRef } from './tasks.ts';

/** On an error that a test has been charged with; vitest carries it to its main process, which need not tell of it again. */
export const chargedMark = 'bulkheadCharged';

/** Knows which test began what fails outside of every test, and charges it: vitest itself blames the file. */
export class Origins {
  readonly #current = new AsyncLocalStorage<TestRef>();
  readonly #events: EventPipe;

  constructor(events: EventPipe) {
    this.#events = events;
  }

  /** A listener would not do: where there is more than its own, vitest leaves errors to the others, which this does too. */
  attend(): void {
    const emit = process.emit.bind(process) as (name: string, ...rest: unknown[]) => boolean;
    process.emit = ((name: string, ...rest: unknown[]) => {
      if (name === 'uncaughtException' || name === 'unhandledRejection') this.#charge(name, rest[0]);
      return emit(name, ...rest);
    }) as typeof process.emit;
  }

  run<T>(ref: TestRef, body: () => T): T {
    return this.#current.run(ref, body);
  }

  #charge(name: string, error: unknown): void {
    const ref = this.#current.getStore();
    // What cannot be marked would be told twice.
    if (
      !ref ||
      process.listenerCount(name) > 1 ||
      typeof error !== 'object' ||
      error === null ||
      !Object.isExtensible(error)
    )
      return;
    (error as Record<string, unknown>)[chargedMark] = true;
    const failure = introduced('Outside of the test that began it', describeFailure(error, compared));
    this.#events.say({ t: 'error', phase: 'teardown', ...ref, failure });
  }
}
