import { sep } from 'node:path';
import type { Order } from '../../../protocol/events.ts';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, type FailureStyle, introduced, ownFrame } from '../../inside/failure.ts';
import { Leaks } from '../../inside/leaks.ts';
import { describeConfigFault } from './config-fault.ts';
import { notePlaces, type Place, sayFound } from './discovery.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { Origins } from './origins.ts';
import { OrderReporter } from './reporter.ts';
import { syntaxPlaceIn } from './syntax-check.ts';
import type { Mocha, MochaClass, MochaOptions, Runner, Test, UserMocha } from './user-mocha.ts';

const exit = process.exit.bind(process);

/** One order from the first line of mocha's start to the last word, and the errors of no test on the way. */
export class Session {
  readonly #mocha: UserMocha;
  readonly #order: Order;
  readonly #events: EventPipe;
  #origins: Origins | null = null;
  #state: 'loading' | 'running' | 'ended' = 'loading';
  #saidHello = false;
  #saidError = false;

  constructor(mocha: UserMocha, order: Order, events: EventPipe) {
    this.#mocha = mocha;
    this.#order = order;
    this.#events = events;
    process.on('exit', this.#onExit).on('uncaughtExceptionMonitor', this.#onUncaught);
  }

  /** Another process goes on. */
  leave(): void {
    process.off('exit', this.#onExit).off('uncaughtExceptionMonitor', this.#onUncaught);
  }

  readOptions(): ReadOptions {
    try {
      return readOptions(this.#mocha);
    } catch (error) {
      this.#sayError('load', describeConfigFault(error, this.#mocha));
      throw error;
    }
  }

  /** Before mocha's command line is loaded, because it takes hold of its parts when it is. */
  takeOver(): void {
    const helpers = this.#mocha.part('lib/cli/run-helpers');
    const { handleRequires } = helpers;
    const onLoadError = (error: unknown) => this.#failedToLoad(error);
    if (handleRequires) helpers.handleRequires = (...args) => watched(handleRequires(...args), onLoadError);
    const Mocha = this.#mocha.part('lib/mocha');
    const { prototype } = Mocha;
    const { loadFilesAsync, runGlobalSetup, runGlobalTeardown, run } = prototype;
    const onFixtureError = (phase: 'hook' | 'teardown', words: string) => (error: unknown) =>
      this.#sayError(phase, introduced(words, describeFailure(error, this.#style(Mocha))));
    prototype.loadFilesAsync = function (this: Mocha, ...rest) {
      return watched(loadFilesAsync.apply(this, rest), onLoadError);
    };
    // Mocha itself reports neither of these to anybody: before version 12, the run ends without a word and with code 0.
    prototype.runGlobalSetup = function (this: Mocha, ...rest) {
      return watched(runGlobalSetup.apply(this, rest), onFixtureError('hook', 'The global setup failed'));
    };
    prototype.runGlobalTeardown = function (this: Mocha, ...rest) {
      return watched(runGlobalTeardown.apply(this, rest), onFixtureError('teardown', 'The global teardown failed'));
    };
    prototype.run = this.#order.mode === 'discover' ? this.#discover(Mocha) : this.#run(Mocha, run);
  }

  #discover(Mocha: MochaClass): MochaClass['prototype']['run'] {
    const places: ReadonlyMap<Test, Place> = notePlaces(Mocha, this.#order.file);
    const finish = ({ suite, options }: Mocha): void => {
      this.#hello();
      this.#state = 'running';
      sayFound(suite, options, this.#order.file, places, this.#events);
      this.#bye();
      exit(0);
    };
    return function (this: Mocha) {
      if (this.options.delay) this.suite.once('run', () => finish(this));
      else finish(this);
    };
  }

  #run(Mocha: MochaClass, run: MochaClass['prototype']['run']): MochaClass['prototype']['run'] {
    const hello = () => {
      this.#hello();
      this.#state = 'running';
    };
    const onDone = () => this.#bye();
    const style = this.#style(Mocha);
    this.#origins = new Origins(this.#events, style);
    const context = {
      order: this.#order,
      events: this.#events,
      style,
      origins: this.#origins,
      onDone,
      leaks: new Leaks(this.#events),
    };
    class Reporter extends OrderReporter {
      constructor(runner: Runner, options: MochaOptions) {
        super(runner, options, context);
      }
    }
    return function (this: Mocha, done) {
      hello();
      this.reporter(Reporter);
      return run.call(this, done);
    };
  }

  #style(Mocha?: MochaClass): FailureStyle {
    const home = this.#mocha.folder + sep;
    return {
      isForeign: file => file === __filename || file.startsWith(home),
      compare: error => {
        if (!Mocha?.reporters.Base.showDiff?.(error)) return null;
        const { expected, actual } = error as { expected: unknown; actual: unknown };
        if (typeof expected === 'string' && typeof actual === 'string') return { expected, actual };
        return { expected: Mocha.utils.stringify(expected), actual: Mocha.utils.stringify(actual) };
      },
    };
  }

  #hello(): void {
    if (this.#saidHello) return;
    this.#saidHello = true;
    this.#events.say({ t: 'hello', framework: 'mocha', version: this.#mocha.version });
  }

  #bye(): void {
    this.#state = 'ended';
    this.#events.say({ t: 'bye' });
  }

  #failedToLoad(error: unknown): void {
    const failure = describeFailure(error, this.#style());
    const place = failure.line === undefined ? syntaxPlaceIn(this.#order.file, error) : null;
    this.#sayError('load', { ...failure, ...place });
  }

  #sayError(phase: 'load' | 'hook' | 'teardown', failure: FailureMessage): void {
    this.#hello();
    this.#saidError = true;
    this.#events.say({ t: 'error', phase, failure });
  }

  /** While tests run, mocha itself takes these and blames a test. */
  readonly #onUncaught = (error: unknown): void => {
    if (this.#state === 'running' || (this.#state === 'loading' && this.#saidError)) return;
    if (this.#state === 'ended' && this.#origins?.charge(error)) return;
    this.#sayError(this.#state === 'loading' ? 'load' : 'teardown', describeFailure(error, this.#style()));
  };

  readonly #onExit = (code: number): void => {
    if (this.#state === 'loading' && !this.#saidError) this.#sayError('load', this.#exitWhileLoading(code));
    this.#events.end();
  };

  #exitWhileLoading(code: number): FailureMessage {
    // Here `process.exit()` is still on the stack, and below it whoever called it.
    const caller = ownFrame(new Error().stack ?? '', this.#style());
    if (caller) return { text: `process.exit(${code}) was called while the file was being loaded.`, ...caller };
    return { text: `The process ended with code ${code} before the file was loaded.`, file: this.#order.file };
  }
}

async function watched<T>(work: Promise<T>, onError: (error: unknown) => void): Promise<T> {
  try {
    return await work;
  } catch (error) {
    onError(error);
    throw error;
  }
}
