import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Detected, detectMechanism } from '../cages/detect.ts';
import type { CagedProcess } from '../engine/caged-process.ts';
import { Journal } from '../engine/journal.ts';
import { Run } from '../engine/run.ts';
import { Slots } from '../engine/slots.ts';
import { CagedTools } from '../engine/tool.ts';
import type { Unit } from '../engine/unit.ts';
import { Workspace } from '../engine/workspace.ts';
import { createFrameworks } from '../frameworks/all.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import {
  type Notice,
  protocolVersion,
  type RequestName,
  type Requests,
  type RunSummary,
  type WardenInfo,
  type WardenStatus,
} from '../protocol/messages.ts';
import { Cages } from './cages.ts';
import { makeScratch } from './scratch.ts';

type Handlers = { [N in RequestName]: (params: Requests[N]['params']) => Promise<Requests[N]['result']> };

export interface SessionDeps {
  /** The folder of the bundles. */
  readonly dist: string;
  readonly notify: (notice: Notice) => Promise<void>;
}

/** What one client and its warden have together: a workspace, a mechanism, runs and cages. */
export class Session {
  readonly handlers: Handlers = {
    hello: params => this.#hello(params),
    configure: async ({ folders }) => {
      this.#ready().workspace.configure(folders);
      return null;
    },
    projects: () => this.#ready().workspace.detect(),
    discover: params => this.#discover(params),
    run: params => this.#run(params),
    stop: params => this.#stop(params),
    status: async () => this.#status(),
  };
  readonly #deps: SessionDeps;
  readonly #cages: Cages;
  readonly #runs = new Map<string, Run>();
  readonly #scratch = makeScratch();
  #state: { readonly detected: Detected; readonly workspace: Workspace; readonly storage: string } | null = null;
  /** Discovery that no run asked for: as many at once as there are cores. */
  readonly #discoveries = new Slots(availableParallelism(), Infinity);
  #ended = false;
  #units = 0;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#cages = new Cages(notice => void deps.notify(notice));
  }

  /** Kills everything, verified; nothing can be started afterwards. */
  async end(): Promise<readonly ProcessInfo[]> {
    this.#ended = true;
    const survivors = await this.#cages.reap();
    await this.#state?.detected.mechanism.close().catch((error: Error) => this.#log('warn', error.message));
    rmSync(this.#scratch, { recursive: true, force: true });
    return survivors;
  }

  async #hello({ protocol, storage, folders }: Requests['hello']['params']): Promise<WardenInfo> {
    if (protocol !== protocolVersion) {
      throw new Error(`This warden speaks protocol ${protocolVersion}, the client ${protocol}: reload the window.`);
    }
    const forbidden = (process.env['BULKHEAD_FORBID'] ?? '').split(',').filter(Boolean);
    const detected = await detectMechanism(forbidden);
    const workspace = new Workspace({
      frameworks: createFrameworks({ inside: join(this.#deps.dist, 'inside') }),
      toolWith: limits =>
        new CagedTools(detected.mechanism, this.#scratch, limits, caged => {
          this.#refuseWhenEnded(caged);
          this.#cages.add(caged, { label: 'looking for tests', memoryCapBytes: limits.memoryBytes, tool: true });
        }),
    });
    workspace.configure(folders);
    this.#state = { detected, workspace, storage };
    this.#log('info', `Cage: ${detected.description.label}.`);
    return { pid: process.pid, node: process.version, cage: detected.description, problems: [] };
  }

  async #discover({ project: id, file }: Requests['discover']['params']) {
    const { workspace } = this.#ready();
    const project = workspace.project(id);
    if (!project) throw new Error(`There is no project ${id}; ask for the projects first.`);
    const release = await this.#discoveries.claim(0);
    return workspace.discover(project, file).finally(release);
  }

  async #run({ run: id, selection, overrides }: Requests['run']['params']): Promise<RunSummary> {
    const { workspace, detected, storage } = this.#ready();
    if (this.#runs.has(id)) throw new Error(`There is a run ${id} already.`);
    if (workspace.projects.length === 0) await workspace.detect();
    else await workspace.reread();
    const journal = new Journal(
      storage,
      id,
      problem => void this.#deps.notify({ notice: 'problem', run: id, problem }),
    );
    const run = new Run(
      {
        id,
        workspace,
        mechanism: detected.mechanism,
        scratch: this.#scratch,
        journal,
        notify: this.#deps.notify,
        onCage: (caged, unit) => {
          this.#refuseWhenEnded(caged);
          this.#cages.add(caged, { label: labelOf(unit), memoryCapBytes: unit.limits.memoryBytes, tool: false });
        },
        nextUnit: () => `unit-${++this.#units}`,
      },
      overrides,
    );
    this.#runs.set(id, run);
    try {
      return await run.execute(selection);
    } finally {
      this.#runs.delete(id);
      journal.close();
    }
  }

  async #stop({ run: id, hard }: Requests['stop']['params']): Promise<Requests['stop']['result']> {
    const runs = [...this.#runs].flatMap(([key, run]) => (id === undefined || id === key ? [run] : []));
    const tools = this.#cages.stopTools();
    const survivors = await Promise.all(runs.map(run => run.stop(hard)));
    await tools;
    return { stoppedRuns: runs.length, survivors: survivors.flat() };
  }

  #status(): WardenStatus {
    return {
      pid: process.pid,
      uptimeMs: process.uptime() * 1000,
      memoryBytes: process.memoryUsage.rss(),
      runs: [...this.#runs.keys()],
      cages: this.#cages.status(this.#ready().detected.mechanism.name),
      metrics: { cagesOpened: this.#cages.opened, units: this.#units },
    };
  }

  #ready() {
    if (!this.#state) throw new Error('The first request must be "hello".');
    return this.#state;
  }

  /** A cage may be under way when the end comes: it is killed as it appears. */
  #refuseWhenEnded(caged: CagedProcess): void {
    if (this.#ended) void caged.stop({ kind: 'cancelled' }, true);
  }

  #log(level: 'info' | 'warn', text: string): void {
    void this.#deps.notify({ notice: 'log', level, text });
  }
}

function labelOf({ tests }: Unit): string {
  const first = tests[0]!;
  return tests.length === 1 ? first.titlePath.join(' › ').slice(0, 200) : `${first.file} (${tests.length} tests)`;
}
