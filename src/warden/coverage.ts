import { mkdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { TakenAttempt, Unsurveyed } from '../coverage/collection.ts';
import type { Scope } from '../coverage/places.ts';
import { rawFolder } from '../coverage/shelf.ts';
import type { FromCoverage, ToCoverage } from '../coverage/worker.ts';
import { Errand } from '../engine/errand.ts';
import { runFolder } from '../engine/journal.ts';
import { type Earlier, isDone } from '../engine/resumption.ts';
import type { CoverageTaker } from '../engine/run-parts.ts';
import type { Unit, UnitOutcome } from '../engine/unit.ts';
import type { Workspace } from '../engine/workspace.ts';
import { type CoverageRequests, sliceName } from '../protocol/coverage.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';
import { Questions } from '../protocol/questions.ts';
import type { Project, TestKey } from '../protocol/tests.ts';
import { endThread } from './thread-end.ts';

/** What one run's coverage may take of the warden; the cap on tests is theirs, and no business of this. */
const heapMiB = 1024;
/** How long a warden that has nothing alive any more may take to end. */
const settleMs = 5000;

export interface CoverageOptions {
  /** The folder of the bundles. */
  readonly dist: string;
  readonly storage: string;
  readonly workspace: Workspace;
  readonly onProblem: (problem: Problem) => void;
}

/** What tests ran, read and kept by a thread of its own: a report of V8 has a megabyte where tests have a millisecond. */
export class Coverage {
  readonly #options: CoverageOptions;
  readonly #questions = new Questions();
  #worker: Worker | null = null;

  constructor(options: CoverageOptions) {
    this.#options = options;
  }

  /** Measures one run from now on. */
  begin(run: string, earlier: Earlier | null): RunCoverage {
    const folder = this.#folder(run);
    const { workspace, onProblem } = this.#options;
    this.#send({ begin: folder, scope: this.#scope, done: earlier ? measuredBefore(earlier, workspace) : [] });
    const unsurveyed = () => this.#request<Unsurveyed>(id => ({ id, ask: 'unsurveyed', folder }));
    return new RunCoverage({ folder, workspace, onProblem, unsurveyed, send: message => this.#send(message) });
  }

  ask<N extends keyof CoverageRequests>(
    ask: N,
    params: CoverageRequests[N]['params'],
  ): Promise<CoverageRequests[N]['result']> {
    const folder = this.#folder(params.run);
    return this.#request(id => ({ id, ask, params, folder }) as ToCoverage);
  }

  /** What processes have left is read and kept, if that does not take too long for one whose end is waited for. */
  async settled(): Promise<void> {
    if (!this.#worker) return;
    const enough = new AbortController();
    // Called off, it rejects, and nobody waits for it any more.
    const tooLong = sleep(settleMs, undefined, { signal: enough.signal }).catch(() => undefined);
    // The thread's failure has been told, and nothing more comes of it.
    const read = this.#request<null>(id => ({ id, ask: 'settled' })).catch(() => null);
    await Promise.race([read, tooLong]);
    enough.abort();
  }

  /** False: its thread cannot be ended. */
  end(): Promise<boolean> {
    return endThread(this.#worker);
  }

  #request<T>(message: (id: number) => ToCoverage): Promise<T> {
    return this.#questions.ask(id => this.#send(message(id)));
  }

  #folder(run: string): string {
    return join(runFolder(this.#options.storage, run), 'coverage');
  }

  get #scope(): Scope {
    const { workspace } = this.#options;
    const { projects } = workspace;
    const folders = new Set(projects.map(({ folder }) => folder.path));
    return { folders: [...folders], tests: projects.flatMap(({ files }) => files) };
  }

  #send(message: ToCoverage): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(join(this.#options.dist, 'coverage.cjs'), {
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    });
    worker.unref();
    worker.on('message', (message: FromCoverage) => this.#receive(message));
    worker.on('error', error => this.#fail(error.message));
    return worker;
  }

  #receive(message: FromCoverage): void {
    if ('fault' in message) return this.#tell(message.fault);
    this.#questions.answer(message);
  }

  /** Whoever asks next gets another thread, which finds what this one had put away. */
  #fail(because: string): void {
    this.#worker = null;
    this.#tell(because);
    this.#questions.fail(`The coverage could not be read: ${because}.`);
  }

  #tell(because: string): void {
    const fix = 'The verdicts are not concerned. Run fewer tests with coverage at once, or free some space.';
    this.#options.onProblem({ severity: 'warning', message: `Coverage is missing: ${because}.`, fix });
  }
}

/** Tests of which an earlier warden of the run should have kept what they ran. */
function measuredBefore(earlier: Earlier, workspace: Workspace): TestKey[] {
  const measured = new Set(workspace.projects.filter(each => workspace.frameworkOf(each).coverage).map(({ id }) => id));
  return [...earlier.planned]
    .filter(
      ([key, { project }]) => measured.has(project) && isDone(earlier, key) && earlier.verdicts.get(key) !== 'skipped',
    )
    .map(([key]) => key);
}

export interface RunCoverageDeps {
  readonly folder: string;
  readonly workspace: Workspace;
  readonly onProblem: (problem: Problem) => void;
  readonly send: (message: ToCoverage) => void;
  readonly unsurveyed: () => Promise<Unsurveyed>;
}

/** Has the processes of one run leave what they count, and hands it on. */
export class RunCoverage implements CoverageTaker {
  readonly #deps: RunCoverageDeps;
  readonly #said = new Set<string>();
  readonly #begun = new Map<Unit, number>();
  /** Those whose files are to be surveyed. */
  readonly #projects = new Map<string, Project>();
  readonly #errand = new Errand();
  #stopped = false;

  constructor(deps: RunCoverageDeps) {
    this.#deps = deps;
  }

  /** No more is asked, and what is being asked is ended; the answer is what could not be killed. */
  stop(): Promise<readonly ProcessInfo[]> {
    this.#stopped = true;
    return this.#errand.end();
  }

  prepared(unit: Unit): Unit {
    const { framework, launch } = unit;
    if (!framework.coverage) {
      this.#sayOnce(`What tests of ${framework.name} run is not measured.`, 'They are run all the same.');
      return unit;
    }
    const folder = this.#rawOf(unit);
    try {
      // A killed warden may have had a unit of the same number.
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      this.#sayOnce(
        `What tests run is not measured: ${(error as Error).message}.`,
        'Free some space or make it writable.',
      );
      return unit;
    }
    const node = framework.coverage === 'v8' ? { NODE_V8_COVERAGE: folder } : {};
    const env = { ...launch.env, ...node, BULKHEAD_COVERAGE: folder };
    const measured = { ...unit, launch: { ...launch, env, keeps: [folder] } };
    this.#begun.set(measured, Date.now());
    if (framework.survey) this.#projects.set(unit.project.id, unit.project);
    return measured;
  }

  take(unit: Unit, { tests }: UnitOutcome): void {
    const at = this.#begun.get(unit);
    if (at === undefined) return;
    this.#begun.delete(unit);
    const attempt: TakenAttempt = {
      folder: this.#rawOf(unit),
      at,
      only: unit.tests.length === 1 ? unit.tests[0]!.key : null,
      ran: tests.flatMap(({ test, startedAt }) =>
        startedAt === null ? [] : [{ key: test.key, slice: sliceName(test.titlePath, test.ordinal) }],
      ),
    };
    this.#deps.send({ take: this.#deps.folder, attempt });
  }

  /** `survey`: there is time to ask what could have run. */
  async end(survey: boolean): Promise<void> {
    try {
      if (survey) await this.#survey();
    } catch (error) {
      this.#sayOnce(
        `What files of Python could run is not known: ${(error as Error).message}.`,
        'The verdicts are not concerned. "build.memory" and "build.timeout" are its limits: run the tests again.',
      );
    }
    this.#deps.send({ end: this.#deps.folder });
  }

  /** Each file by the interpreter of the project that it is in, or of the first where it is in none. */
  async #survey(): Promise<void> {
    const { workspace, folder, unsurveyed, send } = this.#deps;
    const projects = [...this.#projects.values()].sort((a, b) => b.root.length - a.root.length);
    if (projects.length === 0) return;
    const { files, config } = await unsurveyed();
    const byProject = Map.groupBy(
      files,
      file => projects.find(({ root }) => file.startsWith(root + sep)) ?? projects[0]!,
    );
    for (const [project, own] of byProject) {
      if (this.#stopped) throw new Error('the run was stopped');
      for await (const surveys of workspace.survey(project, own, config, this.#errand)) {
        send({ survey: folder, surveys });
        if (this.#stopped) throw new Error('the run was stopped');
      }
    }
  }

  #rawOf({ id }: Unit): string {
    return join(rawFolder(this.#deps.folder), id);
  }

  #sayOnce(message: string, fix: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#deps.onProblem({ severity: 'warning', key: 'coverage', message, fix });
  }
}
