import { createRequire } from 'node:module';
import type { Order } from '../../../protocol/events.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, type FailureStyle, introduced } from '../../inside/failure.ts';
import { Leaks } from '../../inside/leaks.ts';
import { type CircusEvent, type Environment, type State, withoutTimeouts } from './circus.ts';
import { argvOf, forFile, intercept, type TestRunner, unfitness } from './overruled.ts';
import { styleFor } from './style.ts';
import { Teller } from './teller.ts';
import type { ProjectConfig, UserJest } from './user-jest.ts';

const exit = process.exit.bind(process);

type RunFile = (global: object, config: object, environment: Environment, ...rest: unknown[]) => Promise<unknown>;

/** One order from the start of jest to the last word. */
export class Session {
  readonly #jest: UserJest;
  readonly #order: Order;
  readonly #events: EventPipe;
  readonly #style: FailureStyle = styleFor();
  #project: ProjectConfig | null = null;
  #teller: Teller | null = null;
  readonly #leaks: Leaks;
  readonly #runner: TestRunner;
  /** Jest gives each file one of its own, and its tests an environment of variables in it. */
  #environment: Environment | null = null;
  #forceExit = false;
  #saidError = false;
  #ended = false;

  constructor(jest: UserJest, order: Order, events: EventPipe, runnerFile: string) {
    this.#runner = { file: runnerFile, run: this.#runFile };
    this.#jest = jest;
    this.#order = order;
    this.#events = events;
    this.#leaks = new Leaks(events, () => this.#environment?.global?.process?.env ?? process.env);
    process.on('uncaughtExceptionMonitor', error => {
      // While tests run, jest itself takes them, and blames what runs then.
      if (this.#teller?.charge(error) || this.#teller?.running) return;
      this.#sayError(this.#teller ? 'teardown' : 'load', error);
    });
  }

  async run(id: string): Promise<void> {
    this.#events.say({ t: 'hello', framework: 'jest', version: this.#jest.version });
    try {
      intercept({ change: configs => this.#change(configs, id), runner: this.#runner });
      const { argv, projects } = await argvOf(this.#jest);
      const { results } = await this.#jest.core.runCLI(argv, projects);
      if (!this.#saidError) this.#sayFailedFile(results.testResults);
    } catch (error) {
      if (!this.#saidError) this.#sayError(this.#teller ? 'teardown' : 'load', error);
    }
    if (this.#teller) this.#leaks.tell();
    this.#ended = true;
    this.#events.say({ t: 'bye' });
    if (this.#forceExit || this.#order.mode === 'discover') exit(0);
  }

  #change(configs: Parameters<typeof forFile>[0], id: string): Parameters<typeof forFile>[0] {
    const { file, tests } = this.#order;
    const chosen = forFile(configs, { id, file, partly: tests !== undefined, runner: this.#runner });
    if (!chosen) throw new Error('there is no such project of jest any more; refresh the tests');
    const why = unfitness(chosen.project);
    if (why) throw new Error(`the tests of this project cannot be run: ${why}`);
    this.#project = chosen.project;
    this.#forceExit = configs.globalConfig.forceExit === true;
    return chosen.configs;
  }

  readonly #runFile = async (...[global, config, environment, ...rest]: Parameters<RunFile>): Promise<unknown> => {
    const teller = new Teller(this.#order, this.#events, this.#style, environment, this.#leaks);
    this.#environment = environment;
    this.#teller = teller;
    const { handleTestEvent } = environment;
    environment.handleTestEvent = async (event: CircusEvent, state: State) => {
      await handleTestEvent?.call(environment, event, state);
      if (this.#order.debug) withoutTimeouts(event, state);
      teller.hear(event, state);
    };
    const { testRunner } = this.#project!;
    const loaded = createRequire(testRunner)(testRunner) as RunFile & { default?: RunFile };
    try {
      return await (loaded.default ?? loaded)(global, { ...config, testRunner }, environment, ...rest);
    } catch (error) {
      this.#sayError('load', error);
      throw error;
    }
  };

  /** Of a file that failed before its tests or beside them, jest tells in its results only. */
  #sayFailedFile(results: readonly { testExecError?: unknown; failureMessage?: string | null }[]): void {
    for (const { testExecError, failureMessage } of results) {
      if (testExecError) this.#sayError(this.#teller ? 'teardown' : 'load', testExecError);
      else if (!this.#teller && failureMessage) this.#sayError('load', new Error(failureMessage));
    }
  }

  #sayError(phase: 'load' | 'teardown', error: unknown): void {
    this.#saidError = true;
    const failure = describeFailure(error, this.#style);
    this.#events.say({ t: 'error', phase, failure: this.#ended ? introduced('After the tests', failure) : failure });
  }
}
