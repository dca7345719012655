import type { Order } from '../../../protocol/events.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, introduced } from '../../inside/failure.ts';
import type { Leaks } from '../../inside/leaks.ts';
import { compared } from './style.ts';
import {
  hasRun,
  isWithin,
  numbered,
  refKey,
  restrict,
  type SuiteTask,
  type TestRef,
  type TestTask,
  titleOf,
  willRun,
} from './tasks.ts';

export interface RunnerConfig {
  readonly passWithNoTests?: boolean;
  readonly snapshotOptions: { updateSnapshot: string };
}

/** Cuts the tests of a file down to those of the order, and says in the worker itself what becomes of each. */
export class Teller {
  readonly #order: Order;
  readonly #events: EventPipe;
  readonly #config: RunnerConfig;
  /** Null: nothing is run. */
  readonly #leaks: Leaks | null;
  readonly #refs = new Map<TestTask, TestRef>();
  readonly #open = new Set<TestTask>();
  #partly = false;

  constructor(order: Order, events: EventPipe, config: RunnerConfig, leaks: Leaks | null) {
    this.#order = order;
    this.#events = events;
    this.#config = config;
    this.#leaks = leaks;
  }

  collected(file: SuiteTask): void {
    for (const error of file.result?.errors ?? []) {
      this.#events.say({ t: 'error', phase: 'load', failure: describeFailure(error, compared) });
    }
    const refs = numbered(file);
    if (this.#order.mode === 'discover') this.#tell(file, refs);
    else this.#select(file, refs);
  }

  #tell(file: SuiteTask, refs: ReadonlyMap<TestTask, TestRef>): void {
    for (const [test, ref] of refs) {
      const skip = !willRun(test);
      const tags = test.tags?.map(tag => (tag.startsWith('@') ? tag : `@${tag}`)) ?? [];
      const more = { ...(skip ? { skip } : {}), ...(tags.length > 0 ? { tags } : {}) };
      this.#events.say({ t: 'found', ...ref, ...test.location, ...more });
    }
    if (refs.size === 0 && !file.result?.errors?.length && !this.#config.passWithNoTests) {
      const text = 'There is no test in this file, which vitest takes for a failure.';
      this.#events.say({ t: 'error', phase: 'load', failure: { text } });
    }
    restrict(file, new Set());
  }

  #select(file: SuiteTask, refs: ReadonlyMap<TestTask, TestRef>): void {
    const { tests } = this.#order;
    const wanted = tests && new Set(tests.map(refKey));
    for (const [test, ref] of refs) {
      if (wanted && !wanted.has(refKey(ref))) continue;
      this.#refs.set(test, ref);
      if (!willRun(test)) this.#end(test, 'skipped', test.mode === 'todo' ? 'todo' : undefined);
    }
    this.#sayRefused(file);
    this.#partly = this.#refs.size < refs.size;
    if (!this.#partly) return;
    restrict(file, new Set(this.#refs.keys()));
    // Other cages run the rest of the file at the same time, and would write the same file.
    this.#config.snapshotOptions.updateSnapshot = 'none';
  }

  /** Suites that failed when the file was read, as a forbidden describe.only does: vitest runs nothing of them. */
  #sayRefused(suite: SuiteTask): void {
    for (const task of suite.tasks) {
      if (task.type !== 'suite') continue;
      if (task.result?.state !== 'fail') this.#sayRefused(task);
      else if ([...this.#refs.keys()].some(test => isWithin(test, task))) this.#sayErrors(task, 'hook');
    }
  }

  refOf(test: TestTask): TestRef | undefined {
    return this.#refs.get(test);
  }

  before(test: TestTask): void {
    this.#sweep();
    const ref = this.#refs.get(test);
    if (!ref || !willRun(test)) return;
    this.#open.add(test);
    this.#events.say({ t: 'start', ...ref });
    this.#leaks?.before(ref);
    // Refused when the file was read, as a forbidden .only is: it is not run, and vitest says no more of it.
    if (test.result?.state === 'fail') this.#end(test, 'failed');
  }

  after(test: TestTask): void {
    this.#sweep();
    if (!this.#open.has(test)) return;
    const state = test.result?.state;
    if (state === 'pass') this.#end(test, test.fails ? 'failed-as-expected' : 'passed');
    else if (state === 'fail') this.#end(test, 'failed');
  }

  afterSuite(suite: SuiteTask): void {
    this.#sweep();
    this.#sayErrors(suite, hasRun(suite) ? 'teardown' : 'hook');
    if (suite.filepath !== undefined) this.#leaks?.tell();
  }

  #sayErrors(suite: SuiteTask, phase: 'hook' | 'teardown'): void {
    for (const error of suite.result?.errors ?? []) {
      const failure = describeFailure(error, compared);
      // Of the tests that are left out here, other cages know.
      if (this.#partly && /^Obsolete snapshots found/.test(failure.text)) continue;
      this.#events.say({ t: 'error', phase, failure: introduced(`In ${titleOf(suite)}`, failure) });
    }
  }

  /** Of a test that skips itself, vitest says nothing to its runner. */
  #sweep(): void {
    for (const test of this.#open) if (test.result?.state === 'skip') this.#end(test, 'skipped', test.result.note);
  }

  #end(test: TestTask, state: 'passed' | 'failed' | 'skipped' | 'failed-as-expected', reason?: string): void {
    this.#open.delete(test);
    this.#leaks?.after(this.#refs.get(test)!);
    const { duration = 0, retryCount = 0, errors = [] } = test.result ?? {};
    this.#events.say({
      t: 'end',
      ...this.#refs.get(test)!,
      state,
      ms: duration,
      ...(state === 'failed' ? { failures: errors.map(error => describeFailure(error, compared)) } : {}),
      ...(retryCount > 0 ? { retries: retryCount } : {}),
      ...(reason ? { reason } : {}),
    });
  }
}
