import { AsyncLocalStorage } from 'node:async_hooks';
import type { Order } from '../../../protocol/events.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, type FailureStyle, introduced } from '../../inside/failure.ts';
import type { Leaks } from '../../inside/leaks.ts';
import { framesOf } from '../../inside/stack.ts';
import {
  type CircusEvent,
  type CircusTest,
  type Environment,
  numbered,
  refKey,
  type State,
  type TestRef,
  thrownOf,
} from './circus.ts';

interface Progress {
  readonly ref: TestRef;
  started: boolean;
  ended: boolean;
  /** Of the attempt that is under way. */
  body: 'not begun' | 'begun' | 'passed';
  /** Not by the body: a hook, or something that nobody waited for. */
  failedAround: boolean;
}

/** Cuts the tests of a file down to those of the order, and says what becomes of each, as jest-circus tells its environment. */
export class Teller {
  readonly #order: Order;
  readonly #events: EventPipe;
  readonly #style: FailureStyle;
  readonly #environment: Environment;
  readonly #progress = new Map<CircusTest, Progress>();
  readonly #current = new AsyncLocalStorage<Progress>();
  readonly #leaks: Leaks;
  #running = false;
  readonly #charged = new Set<unknown>();

  constructor(order: Order, events: EventPipe, style: FailureStyle, environment: Environment, leaks: Leaks) {
    this.#order = order;
    this.#events = events;
    this.#style = style;
    this.#environment = environment;
    this.#leaks = leaks;
  }

  hear(event: CircusEvent, state: State): void {
    switch (event.name) {
      case 'run_start':
        this.#running = true;
        return this.#order.mode === 'discover' ? this.#tell(state) : this.#select(state);
      case 'test_start':
        return this.#start(event.test);
      case 'test_skip':
      case 'test_todo':
        return this.#skip(event.test, event.name === 'test_todo' ? 'todo' : undefined);
      case 'test_fn_start':
        return this.#body(event.test, 'begun');
      case 'test_fn_success':
        return this.#body(event.test, 'passed');
      case 'test_done':
        return this.#done(event.test);
      case 'hook_failure':
        return this.#around(event.test);
      case 'error':
        return this.#outside(event.error, state);
      case 'run_finish':
        return this.#finish(state);
      case 'test_fn_failure':
      case 'hook_start':
      case 'other':
    }
  }

  get running(): boolean {
    return this.#running;
  }

  /** False: it is of no test that is known. */
  charge(error: unknown): boolean {
    const origin = this.#current.getStore();
    if (!origin) return false;
    if (this.#charged.has(error)) return true;
    this.#charged.add(error);
    const failure = introduced('Outside of the test that began it', describeFailure(error, this.#style));
    this.#events.say({ t: 'error', phase: 'teardown', ...origin.ref, failure });
    return true;
  }

  #tell({ rootDescribeBlock }: State): void {
    for (const [test, ref] of numbered(rootDescribeBlock)) {
      const stack = String((test.asyncError as { stack?: unknown } | null)?.stack);
      const frame = framesOf(stack).find(({ file }) => file === this.#order.file);
      const place = frame ? { line: frame.line, column: frame.column } : {};
      const skip = test.mode === 'skip' || test.mode === 'todo';
      this.#events.say({ t: 'found', ...ref, ...place, ...(skip ? { skip } : {}) });
      test.mode = 'skip';
    }
  }

  #select({ rootDescribeBlock }: State): void {
    const wanted = this.#order.tests && new Set(this.#order.tests.map(refKey));
    for (const [test, ref] of numbered(rootDescribeBlock)) {
      if (wanted && !wanted.has(refKey(ref))) {
        test.mode = 'skip';
        continue;
      }
      const progress: Progress = { ref, started: false, ended: false, body: 'not begun', failedAround: false };
      this.#progress.set(test, progress);
      this.#mark(test, progress);
    }
  }

  /** What the body of the test begins is known as its own. */
  #mark(test: CircusTest, progress: Progress): void {
    const { fn } = test;
    if (!fn) return;
    const current = this.#current;
    const marked = function (this: unknown, ...args: unknown[]) {
      return current.run(progress, () => fn.apply(this, args));
    };
    // By its length, jest knows whether it takes a callback.
    test.fn = Object.defineProperty(marked, 'length', { value: fn.length });
  }

  #start(test: CircusTest): void {
    const progress = this.#progress.get(test);
    if (!progress || progress.ended) return;
    progress.body = 'not begun';
    progress.failedAround = false;
    if (progress.started) return;
    progress.started = true;
    this.#events.say({ t: 'start', ...progress.ref });
    this.#leaks.before(progress.ref);
  }

  #body(test: CircusTest, body: 'begun' | 'passed'): void {
    const progress = this.#progress.get(test);
    if (progress && (body === 'passed' || test.errors.length === 0)) progress.body = body;
  }

  #around(test: CircusTest | null | undefined): void {
    const progress = test && this.#progress.get(test);
    if (progress) progress.failedAround = true;
  }

  #skip(test: CircusTest, reason?: string): void {
    const progress = this.#progress.get(test);
    if (!progress || progress.ended) return;
    progress.ended = true;
    this.#events.say({ t: 'end', ...progress.ref, state: 'skipped', ms: 0, ...(reason ? { reason } : {}) });
  }

  #done(test: CircusTest): void {
    const progress = this.#progress.get(test);
    // Jest will run it once more, after the others or at once, and says nothing of that to anybody else.
    if (!progress || progress.ended || (test.errors.length > 0 && test.invocations <= this.#retries)) return;
    this.#end(test, progress);
  }

  #end(test: CircusTest, progress: Progress): void {
    progress.ended = true;
    this.#leaks.after(progress.ref);
    const failed = test.errors.length > 0;
    // What a snapshot or a count of assertions has to say comes when the body is over, and is of the body all the same.
    const ofBody = progress.body === 'begun' || (progress.body === 'passed' && !progress.failedAround);
    const state = !failed ? (test.failing ? 'failed-as-expected' : 'passed') : ofBody ? 'failed' : 'error';
    this.#events.say({
      t: 'end',
      ...progress.ref,
      state,
      ...(state === 'error' && progress.body === 'passed' ? { phase: 'teardown' } : {}),
      ms: test.duration ?? 0,
      ...(failed ? { failures: test.errors.map(error => describeFailure(thrownOf(error), this.#style)) } : {}),
      ...(test.invocations > 1 ? { retries: test.invocations - 1 } : {}),
    });
  }

  /** Jest has blamed it on whatever test runs now. */
  #outside(error: unknown, { currentlyRunningTest: blamed, unhandledErrors }: State): void {
    const origin = this.#current.getStore();
    if (!origin || (blamed && this.#progress.get(blamed) === origin)) return this.#around(blamed);
    (blamed?.errors ?? unhandledErrors).pop();
    this.charge(error);
  }

  #finish({ unhandledErrors }: State): void {
    this.#running = false;
    for (const [test, progress] of this.#progress) if (progress.started && !progress.ended) this.#end(test, progress);
    this.#leaks.settle();
    for (const error of unhandledErrors) {
      const failure = introduced('Outside of the tests', describeFailure(thrownOf(error), this.#style));
      this.#events.say({ t: 'error', phase: 'teardown', failure });
    }
  }

  get #retries(): number {
    const { global } = this.#environment as { global: Record<symbol, unknown> };
    return Number(global[Symbol.for('RETRY_TIMES')] ?? 0) || 0;
  }
}
