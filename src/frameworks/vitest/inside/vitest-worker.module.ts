import { isMainThread, threadId } from 'node:worker_threads';
import { readOrder, takeCommission } from '../../inside/commission.ts';
import { CoverageSlices } from '../../inside/coverage.ts';
import { awaitDebugger } from '../../inside/debugger.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { Leaks } from '../../inside/leaks.ts';
import { Origins } from './origins.ts';
import type { SuiteTask, TestTask } from './tasks.ts';
import { type RunnerConfig, Teller } from './teller.ts';

// Vitest's own class for running tests, which its worker loads, and which here also tells of them.

interface RunnerClass {
  new (config: RunnerConfig): {
    onCollected?(files: readonly SuiteTask[]): unknown;
    onBeforeRunTask?(test: TestTask): unknown;
    runTask?(test: TestTask): unknown;
    onAfterRunTask?(test: TestTask): unknown;
    onAfterRunSuite?(suite: SuiteTask): unknown;
  };
  getTestFn?(this: void, test: TestTask): TestBody;
}

type TestBody = () => unknown;

interface Parts {
  readonly VitestTestRunner?: RunnerClass;
  readonly TestRunner?: RunnerClass;
  readonly getFn?: (test: TestTask) => TestBody;
}

const commission = takeCommission(['BULKHEAD_KEY', 'BULKHEAD_RUNNERS', 'BULKHEAD_USERS_RUNNER', 'BULKHEAD_CHARGES']);
const { variables, fd } = commission;
const order = readOrder(commission);
const number = isMainThread ? process.pid : threadId;
const coverage = new CoverageSlices(commission, order, 'made');
const events = new EventPipe(new LinePipe(fd), coverage, { number, key: variables['BULKHEAD_KEY'] ?? '' });
if (order.debug) awaitDebugger(events);
// Before the user's code is loaded.
const leaks = order.mode === 'run' ? new Leaks(events) : null;
const origins = new Origins(events);
if (variables['BULKHEAD_CHARGES']) origins.attend();

const parts: Parts = {};
for (const url of JSON.parse(variables['BULKHEAD_RUNNERS']!) as string[]) Object.assign(parts, await import(url));
const Own = (parts.VitestTestRunner ?? parts.TestRunner)!;
const bodyOf = Own.getTestFn ?? parts.getFn!;
const users = variables['BULKHEAD_USERS_RUNNER'];
const Base = users === undefined ? Own : ((await import(users)) as { default: RunnerClass }).default;

export default class extends Base {
  readonly #teller: Teller;

  constructor(config: RunnerConfig) {
    super(config);
    this.#teller = new Teller(order, events, config, leaks);
  }

  override async onCollected(files: readonly SuiteTask[]): Promise<void> {
    await super.onCollected?.(files);
    for (const file of files) this.#teller.collected(file);
  }

  override async onBeforeRunTask(test: TestTask): Promise<void> {
    await super.onBeforeRunTask?.(test);
    this.#teller.before(test);
  }

  /** Vitest calls it in the place of the test's body. */
  override async runTask(test: TestTask): Promise<void> {
    const body = () => (super.runTask ? super.runTask(test) : bodyOf(test)());
    const ref = this.#teller.refOf(test);
    await (ref ? origins.run(ref, body) : body());
  }

  override async onAfterRunTask(test: TestTask): Promise<void> {
    await super.onAfterRunTask?.(test);
    this.#teller.after(test);
  }

  override async onAfterRunSuite(suite: SuiteTask): Promise<void> {
    await super.onAfterRunSuite?.(suite);
    this.#teller.afterSuite(suite);
    // Vitest ends its workers without waiting for what they would do last.
    if (suite.filepath !== undefined) coverage.rest();
  }
}
