import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Order } from '../../../protocol/events.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { describeFailure, introduced } from '../../inside/failure.ts';
import { createVitest } from './options.ts';
import { chargedMark } from './origins.ts';
import { saveSourceMaps } from './source-maps.ts';
import { compared } from './style.ts';
import type { ProjectConfig, TestProject, UserVitest, Vitest } from './user-vitest.ts';

const exit = process.exit.bind(process);
const kill = process.kill.bind(process);

/** One order in vitest's main process. The tests are told of by the worker itself; this says what comes before and after it. */
export class Session {
  readonly #vitest: UserVitest;
  readonly #order: Order;
  readonly #events: EventPipe;
  /** Where coverage is left. */
  readonly #coverage: string | undefined;

  constructor(vitest: UserVitest, order: Order, events: EventPipe, coverage?: string) {
    this.#vitest = vitest;
    this.#order = order;
    this.#events = events;
    this.#coverage = coverage;
  }

  async run(name: string, worker: string): Promise<void> {
    this.#events.say({ t: 'hello', framework: 'vitest', version: this.#vitest.version });
    let instance: Vitest;
    let project: TestProject;
    try {
      instance = await createVitest(this.#vitest, name);
      project = this.#prepared(instance, name, worker);
    } catch (error) {
      this.#sayError('load', error, "Vitest's configuration cannot be used");
      this.#finish();
      return;
    }
    try {
      await instance.runTestSpecifications(
        [project.createSpecification(this.#order.file.replaceAll('\\', '/'))],
        false,
      );
      if (this.#coverage !== undefined) saveSourceMaps(project, this.#coverage);
      this.#sayUnhandled(instance);
      await instance.close();
    } catch (error) {
      this.#sayError('hook', error, 'Vitest could not run the file');
    }
    this.#finish();
  }

  #prepared(instance: Vitest, name: string, worker: string): TestProject {
    const project = instance.projects.find(each => each.name === name);
    if (!project) throw new Error(`there is no project ${JSON.stringify(name)} any more; refresh the tests`);
    const { config } = project;
    if (config.browser?.enabled) throw new Error('tests in a browser are not supported');
    if (config.runner) process.env['BULKHEAD_USERS_RUNNER'] = pathToFileURL(config.runner).href;
    config.runner = worker;
    if (countsUnhandled(instance)) process.env['BULKHEAD_CHARGES'] = '1';
    // Version 3 would pass it through Vite, which serves no files from outside the workspace.
    project.vite.config.server.fs.allow.push(dirname(worker));
    config.includeTaskLocation = this.#order.mode === 'discover';
    if (this.#order.debug) Object.assign(config, whileDebugging(config));
    return project;
  }

  /** Errors that vitest blames on no test; while a worker lives it writes to the same pipe, so they are told when it has ended. */
  #sayUnhandled({ state, config }: Vitest): void {
    if (config.dangerouslyIgnoreUnhandledErrors) return;
    const loaded = state.getFiles().some(file => file.tasks.length > 0);
    for (const error of state.getUnhandledErrors()) {
      if ((error as Record<string, unknown> | null)?.[chargedMark]) continue;
      this.#sayError(loaded ? 'teardown' : 'load', error, 'While no test was waiting for it');
    }
  }

  #sayError(phase: 'load' | 'hook' | 'teardown', error: unknown, words: string): void {
    this.#events.say({ t: 'error', phase, failure: introduced(words, describeFailure(error, compared)) });
  }

  /** Failures have been reported one by one; another code than 0 would now mean that something went wrong afterwards. */
  #finish(): void {
    this.#events.say({ t: 'bye' });
    exit(0);
  }

  /** Vitest drops what it knows of the file and calls every death "exited unexpectedly"; the way of it is the evidence. */
  readonly dieLikeTheWorker = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (signal === null) return exit(code ?? 1);
    process.removeAllListeners(signal);
    kill(process.pid, signal);
  };

  readonly tellOfThread = (error: Error): void => {
    this.#events.say({ t: 'error', phase: 'teardown', failure: describeFailure(error, compared) });
    exit(1);
  };
}

/** A process can be stopped for a debugger, and a thread beside others cannot. What a test itself says of its time stays with vitest. */
function whileDebugging({ pool }: ProjectConfig): Partial<ProjectConfig> {
  const forks = { threads: 'forks', vmThreads: 'vmForks' }[pool as string];
  return { testTimeout: 0, hookTimeout: 0, ...(forks ? { pool: forks } : {}) };
}

/** The user may choose which of them count, which only the main process then knows. */
function countsUnhandled({ config }: Vitest): boolean {
  return !config.dangerouslyIgnoreUnhandledErrors && !config.onUnhandledError;
}
