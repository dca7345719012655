import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, type FailureStyle, introduced } from '../../inside/failure.ts';
import type { TestRef } from './tests.ts';
import type { Runner, Test } from './user-mocha.ts';

/** A test, as the one that something was begun by. */
export interface Origin {
  readonly ref: TestRef;
  ended: boolean;
}

/** Knows which test began what fails later, and charges it: mocha itself blames whatever runs then. */
export class Origins {
  readonly #current = new AsyncLocalStorage<Origin>();
  readonly #events: EventPipe;
  readonly #style: FailureStyle;

  constructor(events: EventPipe, style: FailureStyle) {
    this.#events = events;
    this.#style = style;
  }

  /** Before the runner sets up its listeners. */
  watch(runner: Runner): void {
    const uncaught = runner.uncaught.bind(runner);
    const unhandled = runner.unhandled.bind(runner);
    runner.uncaught = error => {
      // Once it has stopped, mocha throws it again: the process has to end with mocha's own code, and the session charges it.
      if (runner.state === 'stopped' || !this.charge(error)) uncaught(error);
    };
    runner.unhandled = (reason, promise) => {
      const heardByUser = process.listeners('unhandledRejection').some(listener => listener !== runner.unhandled);
      unhandled(reason, promise);
      if (!heardByUser && !isMochas(reason)) this.#sayUnhandled(reason);
    };
  }

  /** From now on, what the body of the test begins is known as its own. */
  mark(test: Test, origin: Origin): void {
    const { fn } = test;
    if (!fn) return;
    const current = this.#current;
    const marked = function (this: unknown, ...args: unknown[]) {
      return current.run(origin, () => fn.apply(this, args));
    };
    // By its length, a clone of the test that is made for a retry knows whether it takes a callback.
    test.fn = Object.defineProperty(marked, 'length', { value: fn.length });
  }

  /** False: it is not of a test that has ended. */
  charge(error: unknown): boolean {
    const origin = this.#current.getStore();
    if (!origin?.ended) return false;
    const failure = introduced('After the test had ended', describeFailure(error, this.#style));
    this.#events.say({ t: 'error', phase: 'teardown', ...origin.ref, failure });
    return true;
  }

  #sayUnhandled(reason: unknown): void {
    const origin = this.#current.getStore();
    this.#events.say({ t: 'unhandled', ...origin?.ref, failure: describeFailure(reason, this.#style) });
  }
}

/** Mocha takes these for failures. */
function isMochas(reason: unknown): boolean {
  const code = typeof reason === 'object' && reason !== null ? (reason as { code?: unknown }).code : undefined;
  return typeof code === 'string' && code.startsWith('ERR_MOCHA_');
}
