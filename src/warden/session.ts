import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { refusal, unmet } from '../cages/requirement.ts';
import { mergeLayers } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import type { CagedProcess } from '../engine/caged-process.ts';
import { destructiveRefusal } from '../engine/destructive.ts';
import { runFolder } from '../engine/journal.ts';
import { Slots } from '../engine/slots.ts';
import { CagedTools } from '../engine/tool.ts';
import type { Unit } from '../engine/unit.ts';
import { Workspace } from '../engine/workspace.ts';
import { createFrameworks } from '../frameworks/all.ts';
import type { Diagnosis } from '../protocol/diagnosis.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import {
  type Notice,
  type Problem,
  protocolVersion,
  type RequestName,
  type Requests,
  type Selection,
  type RunSummary,
  type WardenInfo,
  type WardenStatus,
} from '../protocol/messages.ts';
import type { SettingsLayer } from '../protocol/settings.ts';
import { digest } from '../store/digest.ts';
import { Cages } from './cages.ts';
import { makeScratch } from './scratch.ts';
import { CageChoice } from './choice.ts';
import { Coverage } from './coverage.ts';
import { forbiddenBy } from './forbidden.ts';
import { History } from './history.ts';
import { Ledger } from './ledger.ts';
import { retentionOf } from './retention.ts';
import { type RunOrder, Runs } from './runs.ts';
import { settle } from './settle.ts';
import { ofNoRun, subjectOf } from './subject.ts';
import { leftovers } from './observation.ts';
import { sweep, sweepAtStart } from './sweep.ts';

type Handlers = { [N in RequestName]: (params: Requests[N]['params']) => Promise<Requests[N]['result']> };

export interface SessionDeps {
  /** The folder of the bundles. */
  readonly dist: string;
  readonly notify: (notice: Notice) => Promise<void>;
}

/** What one client and its warden have together: a workspace, a mechanism, runs and cages. */
export class Session {
  readonly handlers: Handlers = {
    settle: async inheritance => settle(inheritance),
    hello: params => this.#hello(params),
    configure: async ({ folders }) => {
      this.#ready().workspace.configure(folders);
      return null;
    },
    projects: () => this.#projects(),
    discover: params => this.#discover(params),
    run: ({ run: id, coverage = false, ...asked }) => this.#run({ id, ...asked, coverage, earlier: null }),
    resume: params => this.#resume(params),
    history: params => this.#ready().history.ask('history', params),
    records: params => this.#ready().history.ask('records', params),
    testHistory: params => this.#ready().history.ask('testHistory', params),
    comparison: params => this.#ready().history.ask('comparison', params),
    lastVerdicts: params => this.#ready().history.ask('lastVerdicts', params),
    coverage: params => this.#ready().coverage.ask('coverage', params),
    coverageDetail: params => this.#ready().coverage.ask('coverageDetail', params),
    stop: params => this.#stop(params),
    status: () => this.#status(),
    endCage: ({ cage }) => this.#cages.end(cage),
    freeze: () => this.#cages.freeze(),
    thaw: async () => this.#cages.thaw(),
    leftovers: async () => leftovers(),
    reap: () => sweep(),
    doctor: () => this.#doctor(),
  };
  readonly #deps: SessionDeps;
  readonly #cages: Cages;
  readonly #runs: Runs;
  #scratchFolder: string | null = null;
  #state: {
    readonly choice: CageChoice;
    readonly workspace: Workspace;
    readonly storage: string;
    readonly history: History;
    readonly coverage: Coverage;
  } | null = null;
  /** Discovery that no run asked for: as many at once as there are cores. */
  readonly #discoveries = new Slots(availableParallelism(), Infinity);
  #ledger: Ledger | null = null;
  #ended = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#cages = new Cages(notice => void deps.notify(notice));
    this.#runs = new Runs({
      notify: deps.notify,
      onCage: (caged, unit, run) => this.#onCage(caged, unit, run),
      ended: () => this.#ended,
    });
    this.#cages.budgetBytes = () => this.#runs.budgetBytes;
    this.#cages.floorBytes = () => this.#runs.floorBytes;
  }

  /** Kills everything, verified; nothing can be started afterwards. */
  async end(): Promise<readonly ProcessInfo[]> {
    this.#ended = true;
    this.#runs.closeJournals();
    const survivors = await this.#cages.reap();
    this.#ledger?.close();
    await this.#state?.coverage.settled();
    await this.#state?.choice.close().catch((error: Error) => this.#log('warn', error.message));
    if (this.#scratchFolder !== null) rmSync(this.#scratchFolder, { recursive: true, force: true });
    return survivors;
  }

  /** False: a thread is in a call that does not return. */
  async endThreads(): Promise<boolean> {
    const { history, coverage } = this.#state ?? {};
    const ends = await Promise.all([history?.end(), coverage?.end()]);
    return !ends.includes(false);
  }

  async #hello({ protocol, storage, folders }: Requests['hello']['params']): Promise<WardenInfo> {
    if (protocol !== protocolVersion) {
      throw new Error(`This warden speaks protocol ${protocolVersion}, the client ${protocol}: reload the window.`);
    }
    const builds = join(storage, 'builds');
    const workspace = new Workspace({
      frameworks: createFrameworks({ inside: join(this.#deps.dist, 'inside'), builds }),
      builds,
      toolWith: (limits, errand) =>
        new CagedTools(choice.detected.mechanism, this.#scratch, limits, caged => {
          this.#refuseWhenEnded(caged);
          errand.enter(caged);
          this.#cages.add(caged, {
            mechanism: choice.detected.mechanism.name,
            memoryCapBytes: limits.memoryBytes,
            subject: ofNoRun,
          });
        }),
      refuse: settings => this.#refusal(settings),
      refuseFile: (layers, folder, file) => destructiveRefusal(layers, folder, file, choice.detected.mechanism),
    });
    workspace.configure(folders);
    const onProblem = (problem: Problem) => void this.#deps.notify({ notice: 'problem', problem });
    const paths = folders.map(({ folder }) => folder.path);
    this.#ledger = new Ledger(paths, onProblem);
    this.#cages.ledger = this.#ledger;
    void sweepAtStart((level, text) => this.#log(level, text));
    const choice = await CageChoice.open(this.#deps.dist, storage, await forbiddenBy(workspace));
    const { dist } = this.#deps;
    const keep = () => retentionOf(workspace);
    const history = new History({ dist, storage, keep, onProblem, onRemoved: text => this.#log('info', text) });
    const coverage = new Coverage({ dist, storage, workspace, onProblem });
    this.#state = { choice, workspace, storage, history, coverage };
    history.openSoon();
    const { description: cage } = choice.detected;
    this.#log('info', `Cage: ${cage.label}.`);
    return { pid: process.pid, node: process.version, cage, problems: [] };
  }

  async #projects(): Promise<Requests['projects']['result']> {
    await this.#chooseCage();
    return this.#ready().workspace.detect();
  }

  /** The settings may forbid other kinds of cages than when this was asked the last time. */
  async #chooseCage(): Promise<void> {
    const { choice, workspace } = this.#ready();
    if (await choice.forbid(await forbiddenBy(workspace))) {
      const { description } = choice.detected;
      this.#log('info', `Cage from now on: ${description.label}.`);
      void this.#deps.notify({ notice: 'cage', cage: description });
    }
  }

  async #doctor(): Promise<Diagnosis> {
    const { choice, workspace } = this.#ready();
    const diagnosis = await choice.diagnose();
    const requirements = (await workspace.settings()).flatMap(({ folder, settings }) =>
      settings['cage.require'].map(requirement => ({
        requirement,
        folder: folder.name,
        unmet: diagnosis.cage && unmet(requirement, diagnosis.cage),
      })),
    );
    return { ...diagnosis, requirements };
  }

  #refusal(settings: Settings): Problem | null {
    const { choice } = this.#ready();
    return refusal(settings['cage.require'], choice.detected.description, () => choice.facts());
  }

  /** Before anything of the selection is planned: no test of it may run in a weaker cage than its project asks for. */
  #refuseRun(selection: Selection, overrides: SettingsLayer): void {
    const { workspace } = this.#ready();
    const wanted = selection.kind === 'all' ? null : new Set(selection.projects.map(({ project }) => project));
    for (const project of workspace.projects) {
      if (wanted !== null && !wanted.has(project.id)) continue;
      const refused = this.#refusal(mergeLayers([...workspace.layersOf(project), overrides]));
      if (refused) throw new Error(`${refused.message} ${refused.fix}`);
    }
  }

  async #discover({ project: id, file, text }: Requests['discover']['params']) {
    const { workspace } = this.#ready();
    const project = workspace.project(id);
    if (!project) throw new Error(`There is no project ${id}; ask for the projects first.`);
    if (text !== undefined) return { tests: workspace.outline(project, file, text) };
    const release = await this.#discoveries.claim({ bytes: 0 });
    return workspace.discover(project, file).finally(release);
  }

  async #run(order: RunOrder): Promise<RunSummary> {
    const { choice, ...means } = this.#ready();
    const { workspace } = means;
    if (this.#runs.ids.includes(order.id)) throw new Error(`There is a run ${order.id} already.`);
    return this.#runs.execute(order, async () => {
      // The order of the tests asks it, and by then its thread should be there.
      means.history.open();
      await this.#chooseCage();
      if (workspace.projects.length === 0) await workspace.detect();
      else await workspace.reread();
      this.#refuseRun(order.selection, order.overrides);
      const { mechanism } = choice.detected;
      return { ...means, mechanism, scratch: this.#scratch };
    });
  }

  /** The journal says what is left to do, whatever state the database is in. */
  async #resume({ run: id, overrides }: Requests['resume']['params']): Promise<RunSummary> {
    if (this.#runs.ids.includes(id)) throw new Error(`The run ${id} is going on.`);
    const earlier = digest(runFolder(this.#ready().storage, id));
    if (!earlier) throw new Error(`There is no run ${id} in ${this.#ready().storage}.`);
    const { state, opening } = earlier;
    if (state === 'running') throw new Error(`The run ${id} is going on in another window.`);
    if (state === 'ended') throw new Error(`The run ${id} has ended: every test of it has a verdict.`);
    if (!opening)
      throw new Error(`The beginning of the journal of ${id} cannot be read, so nobody knows what is left.`);
    const asked: Record<string, unknown> = { ...opening.overrides };
    // The journal lies in the workspace, and no file there may give this permission.
    delete asked['destructive.allow'];
    const { selection, coverage = false } = opening;
    return this.#run({ id, selection, overrides: { ...asked, ...overrides }, coverage, earlier });
  }

  async #stop({ run: id, hard }: Requests['stop']['params']): Promise<Requests['stop']['result']> {
    // What another run, or the tree, wants to be built or listed goes on.
    const tools = id === undefined || this.#runs.prepares(id) ? this.#cages.stopTools() : undefined;
    const stopped = await this.#runs.stop(id, hard);
    await tools;
    return stopped;
  }

  async #status(): Promise<WardenStatus> {
    return {
      pid: process.pid,
      uptimeMs: process.uptime() * 1000,
      memoryBytes: process.memoryUsage.rss(),
      runs: this.#runs.ids,
      cages: await this.#cages.status(),
      metrics: { cagesOpened: this.#cages.opened, units: this.#runs.units },
    };
  }

  /** Not made before it is needed: the folder for temporary files is known once the warden has settled. */
  get #scratch(): string {
    return (this.#scratchFolder ??= makeScratch());
  }

  #ready() {
    if (!this.#state) throw new Error('The first request must be "hello".');
    return this.#state;
  }

  #onCage(caged: CagedProcess, unit: Unit, run: string): void {
    this.#refuseWhenEnded(caged);
    this.#cages.add(caged, {
      mechanism: this.#ready().choice.detected.mechanism.name,
      memoryCapBytes: unit.limits.memoryBytes,
      subject: subjectOf(unit, run),
    });
  }

  /** A cage may be under way when the end comes: it is killed as it appears. */
  #refuseWhenEnded(caged: CagedProcess): void {
    if (this.#ended) void caged.stop({ kind: 'cancelled' }, true);
  }

  #log(level: 'info' | 'warn', text: string): void {
    void this.#deps.notify({ notice: 'log', level, text });
  }
}
