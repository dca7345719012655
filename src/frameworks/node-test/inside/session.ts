import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { EndState, Order } from '../../../protocol/events.ts';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, type FailureStyle, introduced, ownFrame } from '../../inside/failure.ts';
import { Leaks } from '../../inside/leaks.ts';
import { placeIn } from './place.ts';
import { genuineTestModule, redirect } from './redirect.ts';
import { listenToAll, listenToReports, type TestReport } from './stream.ts';
import { Substitute } from './substitute.ts';
import { childNamed, type Defined } from './tree.ts';

const exit = process.exit.bind(process);
const soon = setImmediate;
const later = setTimeout;
/** For hooks of the file to close what tests have left open. */
const lingerMs = 100;

const style: FailureStyle = {
  isForeign: file => file === __filename,
  compare: error => {
    const { code, expected, actual, generatedMessage } = error as Record<string, unknown>;
    if (code !== 'ERR_ASSERTION' || (generatedMessage === false && expected === undefined)) return null;
    if (typeof expected === 'string' && typeof actual === 'string') return { expected, actual };
    return { expected: inspect(expected), actual: inspect(actual) };
  },
};

/** One order, from the first line of the file to the end of the process. */
export class Session {
  readonly #order: Order;
  readonly #events: EventPipe;
  readonly #substitute: Substitute;
  readonly #leaks: Leaks | null;
  readonly #open = new Set<Defined>();
  /** By nesting: what node:test has begun last, and what it is reporting. */
  readonly #begun: Defined[] = [];
  readonly #reported: Defined[] = [];
  /** Cancelled because of their suite, whose own failure, told after them, is the reason. */
  readonly #held = new Map<Defined, { test: Defined; ms: number; failure: FailureMessage }[]>();
  #ended = 0;
  #loaded = false;
  #saidError = false;
  /** Nothing is left that could run: the end of the process is its own. */
  #drained = false;

  constructor(order: Order, events: EventPipe) {
    this.#order = order;
    this.#events = events;
    this.#leaks = order.mode === 'run' ? new Leaks(events) : null;
    this.#substitute = new Substitute(order, {
      found: (test, options) => this.#found(test, options),
      unordered: ({ path, ordinal }) => events.say({ t: 'found', path, ordinal, ...placeIn(order.file) }),
      skipped: test => this.#end(test, 'skipped', 0, test.skip?.reason),
      running: test => this.#start(test),
      first: () => this.#listen(),
    });
  }

  begin(): void {
    this.#events.say({ t: 'hello', framework: 'node-test', version: process.versions.node });
    process.on('beforeExit', () => (this.#drained = true));
    process.on('exit', code => this.#onExit(code));
    process.on('uncaughtExceptionMonitor', error => this.#onUncaught(error));
    const redirected = redirect(this.#substitute.of(genuineTestModule()));
    // The file is this process's own program; to import it once more is to wait until it is loaded.
    soon(
      () =>
        void import(pathToFileURL(this.#order.file).href).then(
          () => (redirected || this.#isRequired() ? this.#onLoaded() : this.#refuseModule()),
          () => {},
        ),
    );
  }

  #isRequired(): boolean {
    return realpathSync(this.#order.file) in require.cache;
  }

  /** Its tests are not known, and are not to run unheard. */
  #refuseModule(): void {
    const { node } = process.versions;
    const text = `Node ${node} does not let Bulkhead see the tests of a module (import): use Node 20.6 or later, or require("node:test").`;
    this.#sayError('load', { text, file: this.#order.file });
    exit(1);
  }

  async #onLoaded(): Promise<void> {
    try {
      await Promise.all(this.#substitute.pending);
    } catch (error) {
      this.#sayError('load', describeFailure(error, style));
    }
    this.#loaded = true;
    this.#perhapsDone();
    if (this.#order.mode !== 'discover') return;
    this.#events.say({ t: 'bye' });
    exit(0);
  }

  #listen(): void {
    // Node's own listeners take the rejections of tests; before the first test nobody does, and the process ends.
    process.on('unhandledRejection', error => this.#onUncaught(error));
    (this.#substitute.leavesOut ? listenToAll : listenToReports)({
      dequeued: report => this.#dequeued(report),
      started: report => this.#follow(report),
      passed: report => this.#passed(report),
      failed: report => this.#failed(report),
    });
  }

  #found({ path, ordinal, skip: within }: Defined, options: object | undefined): void {
    const skip = within !== null || Boolean((options as { skip?: unknown } | undefined)?.skip);
    if (this.#order.mode !== 'discover') return;
    this.#events.say({ t: 'found', path, ordinal, ...placeIn(this.#order.file), ...(skip ? { skip } : {}) });
  }

  /** Right before its hooks; with concurrency, suites may be confused here, and a body tells by itself when it begins. */
  #dequeued({ nesting, name }: TestReport): void {
    const parent = nesting === 0 ? this.#substitute.root : this.#begun[nesting - 1];
    const index = childNamed(parent, parent?.dequeued ?? 0, name);
    if (!parent || index === -1) return;
    parent.dequeued = index + 1;
    const defined = parent.children[index]!;
    this.#begun[nesting] = defined;
    if (defined.kind === 'test') this.#start(defined);
  }

  #follow({ nesting, name }: TestReport): void {
    const parent = nesting === 0 ? this.#substitute.root : this.#reported[nesting - 1];
    const index = childNamed(parent, parent?.reported ?? 0, name);
    if (!parent || index === -1) return;
    parent.reported = index + 1;
    this.#reported[nesting] = parent.children[index]!;
  }

  #start(test: Defined): void {
    if (test.begun || test.ended) return;
    test.begun = true;
    this.#drained = false;
    this.#open.add(test);
    this.#events.say({ t: 'start', path: test.path, ordinal: test.ordinal });
    this.#leaks?.before(test);
  }

  #passed({ nesting, name, skip, todo, expectFailure, details }: TestReport): void {
    const test = this.#testReported(nesting, name);
    if (!test) return;
    const ms = details?.duration_ms ?? 0;
    if (skip) return this.#end(test, 'skipped', ms, wordsOf(skip));
    if (expectFailure) return this.#end(test, 'failed-as-expected', ms, wordsOf(expectFailure));
    if (todo && !test.hasBody) return this.#end(test, 'skipped', ms, wordsOf(todo) ?? 'todo');
    this.#end(test, 'passed', ms);
  }

  #failed({ nesting, name, todo, details }: TestReport): void {
    const failure = failureOf(details?.error);
    const defined = this.#reported[nesting];
    if (defined?.kind === 'suite' && defined.path.at(-1) === name) {
      const phase = phaseOf(details?.error);
      const held = this.#held.get(defined) ?? [];
      this.#held.delete(defined);
      for (const { test, ms, failure: own } of held) this.#end(test, 'failed', ms, undefined, [phase ? failure : own]);
      if (phase && held.length === 0)
        this.#sayError(phase, introduced(`In the suite "${name.slice(0, 200)}"`, failure));
      return;
    }
    const test = this.#testReported(nesting, name);
    if (!test) return;
    const ms = details?.duration_ms ?? 0;
    const suite = test.parent?.kind === 'suite' ? test.parent : null;
    if (suite && failureTypeOf(details?.error) === 'cancelledByParent') {
      this.#held.set(suite, [...(this.#held.get(suite) ?? []), { test, ms, failure }]);
    } else if (todo) this.#end(test, 'failed-as-expected', ms, wordsOf(todo) ?? 'todo', [failure]);
    else this.#end(test, 'failed', ms, undefined, [failure]);
  }

  #testReported(nesting: number, name: string): Defined | null {
    const defined = this.#reported[nesting];
    return defined?.kind === 'test' && defined.path.at(-1) === name && !defined.ended ? defined : null;
  }

  #end(test: Defined, state: EndState, ms: number, reason?: string, failures?: readonly FailureMessage[]): void {
    if (state === 'failed') this.#start(test);
    test.ended = true;
    this.#open.delete(test);
    this.#leaks?.after(test);
    const { path, ordinal } = test;
    const more = { ...(reason ? { reason } : {}), ...(failures ? { failures } : {}) };
    this.#events.say({ t: 'end', path, ordinal, state, ms, ...more });
    this.#ended++;
    this.#perhapsDone();
  }

  /** From here on, what still keeps the process alive is no test; its last word comes with its end. */
  #perhapsDone(): void {
    if (this.#order.mode === 'discover' || !this.#loaded || this.#ended < this.#substitute.given) return;
    this.#events.say({ t: 'bye' });
    // It keeps nothing alive, so that it comes only where something else does.
    later(() => this.#leaks?.tellOpen(), lingerMs).unref();
  }

  /** Node blames the test whose code it was, while that runs; later nobody. */
  #onUncaught(error: unknown): void {
    const { current } = this.#substitute;
    if (current.kind === 'test' && !current.ended) return;
    if (current.kind === 'test') {
      const title = current.path.at(-1)!.slice(0, 200);
      this.#sayError('teardown', introduced(`After "${title}" had ended`, describeFailure(error, style)), current);
    } else if (!this.#loaded && this.#open.size === 0) this.#sayError('load', describeFailure(error, style));
    else this.#sayError('teardown', introduced('Outside of any test', describeFailure(error, style)));
  }

  /** With a test: the one that is to answer for it. */
  #sayError(phase: 'load' | 'hook' | 'teardown', failure: FailureMessage, test?: Defined): void {
    this.#saidError = true;
    this.#events.say({ t: 'error', phase, ...(test ? { path: test.path, ordinal: test.ordinal } : {}), failure });
  }

  readonly #onExit = (code: number): void => {
    const orderly = this.#drained && this.#open.size === 0;
    // Once a suite has begun, it may have been a hook of it.
    if (!this.#loaded && !orderly && this.#begun.length === 0 && this.#open.size === 0 && !this.#saidError)
      this.#sayError('load', exitWhileLoading(code, this.#order.file));
    if (orderly) for (const test of this.#substitute.leftOut) this.#end(test, 'skipped', 0, 'others are marked .only');
    if (orderly) this.#leaks?.tell();
    if (orderly && this.#order.mode === 'run') this.#events.say({ t: 'bye', ...(code === 0 ? {} : { code }) });
    this.#events.end();
  };
}

function wordsOf(mark: string | boolean): string | undefined {
  return typeof mark === 'string' && mark !== '' ? mark : undefined;
}

/** What the user's code threw is wrapped in an error of Node's own. */
function failureOf(error: unknown): FailureMessage {
  const { cause, failureType } = (error ?? {}) as { cause?: unknown; failureType?: string };
  const own = failureType === 'subtestsFailed' || failureType === 'cancelledByParent' || cause === undefined;
  return describeFailure(own ? error : cause, style);
}

function failureTypeOf(error: unknown): string | undefined {
  return (error as { failureType?: string } | undefined)?.failureType;
}

function phaseOf(error: unknown): 'load' | 'hook' | null {
  switch (failureTypeOf(error)) {
    case 'hookFailed':
      return 'hook';
    case 'testCodeFailure':
      return 'load';
    default:
      return null;
  }
}

function exitWhileLoading(code: number, file: string): FailureMessage {
  // Here `process.exit()` is still on the stack, and below it whoever called it.
  const caller = ownFrame(new Error().stack ?? '', style);
  if (caller) return { text: `process.exit(${code}) was called while the file was being loaded.`, ...caller };
  return { text: `The process ended with code ${code} before the file was loaded.`, file };
}
