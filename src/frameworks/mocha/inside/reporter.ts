import type { Order } from '../../../protocol/events.ts';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, type FailureStyle, introduced } from '../../inside/failure.ts';
import type { Leaks } from '../../inside/leaks.ts';
import type { Origin, Origins } from './origins.ts';
import { isExcludedByGrep, Numbering, prune, refKey, suitesAbove, type TestRef, testsBelow } from './tests.ts';
import type { Hook, MochaOptions, Nothing, Runner, Suite, Test } from './user-mocha.ts';

export interface ReporterContext {
  readonly order: Order;
  readonly events: EventPipe;
  readonly leaks: Leaks;
  readonly style: FailureStyle;
  readonly origins: Origins;
  /** The run came to its orderly end. */
  readonly onDone: () => void;
}

interface Progress extends Origin {
  readonly failures: FailureMessage[];
  started: boolean;
  skipped: boolean;
}

/** Cuts mocha's tests down to those of the order, and says what becomes of each. */
export class OrderReporter {
  readonly #runner: Runner;
  readonly #options: MochaOptions;
  readonly #context: ReporterContext;
  readonly #progress = new Map<Test, Progress>();
  /** A failing hook of theirs is why their remaining tests do not run. */
  readonly #brokenSuites = new Set<Suite>();
  #numbering!: Numbering;

  constructor(runner: Runner, options: MochaOptions, context: ReporterContext) {
    this.#runner = runner;
    this.#options = options;
    this.#context = context;
    // With `delay`, the tests are there only when the user's code calls run(); mocha's own listener comes after this one.
    if (options.delay) runner.suite.once('run', () => this.#select());
    else this.#select();
    context.origins.watch(runner);
    runner.on('start', () => this.#skipExcluded());
    runner.on('test', test => this.#start(test));
    runner.on('pending', test => (this.#progressOf(test).skipped = true));
    runner.on('fail', (runnable, error) => this.#fail(runnable, error));
    runner.on('test end', test => this.#end(test));
    runner.on('hook end', () => this.#context.events.flush());
  }

  /** Mocha calls it after everything, global teardown included, so no process.exit() of a test can pretend it. */
  done(_failures: number, exit: (code: number) => void): void {
    this.#skipAfterBail();
    this.#context.leaks.tell();
    this.#context.onDone();
    // Failures have been reported one by one; another code than 0 now always means that something went wrong afterwards.
    exit(0);
  }

  #select(): void {
    const { order } = this.#context;
    const root = this.#runner.suite;
    this.#numbering = new Numbering(root, order.file);
    const wanted = order.tests && new Set(order.tests.map(refKey));
    for (const [test, ref] of this.#numbering.refs) {
      if (wanted && !wanted.has(refKey(ref))) continue;
      this.#progress.set(test, { ref, failures: [], started: false, skipped: false, ended: false });
    }
    if (!order.chosen && root.hasOnly()) root.filterOnly();
    prune(root, new Set(this.#progress.keys()));
    this.#runner.total = this.#progress.size;
  }

  /** Mocha passes over these without a word. */
  #skipExcluded(): void {
    const left = new Set(testsBelow(this.#runner.suite));
    for (const [test, progress] of this.#progress) {
      if (!left.has(test)) this.#skip(progress, 'other tests of the file are marked with .only');
      else if (isExcludedByGrep(test, this.#options)) this.#skip(progress, "excluded by mocha's configuration (grep)");
    }
  }

  #skipAfterBail(): void {
    for (const [test, progress] of this.#progress) {
      if (progress.started || progress.ended) continue;
      const suites = [...suitesAbove(test)];
      const bails = suites.some(suite => suite.bail()) && !suites.some(suite => this.#brokenSuites.has(suite));
      if (bails) this.#skip(progress, 'mocha stopped after the first failure (bail)');
    }
  }

  #skip(progress: Progress, reason: string): void {
    progress.ended = true;
    this.#context.events.say({ t: 'end', ...progress.ref, state: 'skipped', ms: 0, reason });
  }

  #start(test: Test): void {
    const progress = this.#progressOf(test);
    this.#begin(progress);
    this.#context.leaks.before(progress.ref);
    this.#context.origins.mark(test, progress);
  }

  #begin(progress: Progress): void {
    if (progress.started) return;
    progress.started = true;
    this.#context.events.say({ t: 'start', ...progress.ref });
  }

  #fail(runnable: Test | Hook | Nothing, error: unknown): void {
    const failure = describeFailure(error, this.#context.style);
    switch (runnable.type) {
      case 'hook':
        if (runnable.parent) this.#brokenSuites.add(runnable.parent);
        this.#say('hook', introduced(`${hookName(runnable)} failed`, failure), this.#endedBefore(runnable));
        return;
      case 'test': {
        const progress = this.#progressOf(runnable);
        if (progress.ended) {
          this.#say('teardown', introduced(`After "${short(runnable.title)}" had ended`, failure), progress.ref);
        } else progress.failures.push(failure);
        return;
      }
      case undefined: {
        const begun = [...this.#progress.values()].some(progress => progress.started);
        this.#say(begun ? 'teardown' : 'load', introduced('While no test was running', failure));
      }
    }
  }

  /** What cleans up after a test belongs to that test. */
  #endedBefore({ ctx }: Hook): TestRef | undefined {
    const test = ctx?.currentTest;
    const progress = test && this.#progress.get(test.retriedTest() ?? test);
    return progress?.ended ? progress.ref : undefined;
  }

  #say(phase: 'load' | 'hook' | 'teardown', failure: FailureMessage, ref?: TestRef): void {
    this.#context.events.say({ t: 'error', phase, ...ref, failure });
  }

  /** Only now nothing can make the test worse: mocha may report a test as failed more than once. */
  #end(test: Test): void {
    const progress = this.#progressOf(test);
    if (progress.ended) return;
    progress.ended = true;
    this.#context.leaks.after(progress.ref);
    const { ref, failures, skipped } = progress;
    const retries = test.currentRetry();
    if (failures.length > 0) this.#begin(progress);
    this.#context.events.say({
      t: 'end',
      ...ref,
      state: failures.length > 0 ? 'failed' : skipped ? 'skipped' : 'passed',
      ms: test.duration ?? 0,
      ...(failures.length > 0 ? { failures } : {}),
      ...(retries > 0 ? { retries } : {}),
    });
  }

  #progressOf(attempt: Test): Progress {
    const test = attempt.retriedTest() ?? attempt;
    const known = this.#progress.get(test);
    if (known) return known;
    const ref = this.#numbering.refOf(test);
    const progress: Progress = { ref, failures: [], started: false, skipped: false, ended: false };
    this.#progress.set(test, progress);
    // Nobody could list a test that is made while others run.
    this.#context.events.say({ t: 'found', ...ref });
    return progress;
  }
}

/** Mocha's own title of a hook changes with the test that it runs for. */
function hookName({ originalTitle, title, parent }: Hook): string {
  const where =
    parent && !parent.root ? `of "${[...titlesDownTo(parent)].map(short).join(' › ')}"` : 'of the root suite';
  const name = (originalTitle ?? title).replace(/ hook: (.*)$/s, ' hook "$1"');
  return `The ${name} ${where}`;
}

function titlesDownTo(suite: Suite): string[] {
  const above = [...suitesAbove(suite)].reverse();
  return [...above, suite].filter(each => !each.root).map(each => each.title);
}

function short(title: string): string {
  return title.length > 200 ? `${title.slice(0, 199)}…` : title;
}
