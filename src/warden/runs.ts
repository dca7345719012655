import type { Mechanism } from '../cages/cage.ts';
import { Capacity } from '../engine/capacity.ts';
import type { CagedProcess } from '../engine/caged-process.ts';
import { Journal } from '../engine/journal.ts';
import type { Earlier } from '../engine/resumption.ts';
import { Run } from '../engine/run.ts';
import type { Unit } from '../engine/unit.ts';
import type { Workspace } from '../engine/workspace.ts';
import type { DebugMeans } from '../protocol/events.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import { type Notice, type RunSummary, type Selection, wardenEnds } from '../protocol/messages.ts';
import type { SettingsLayer } from '../protocol/settings.ts';
import type { Coverage, RunCoverage } from './coverage.ts';
import type { History } from './history.ts';
import { waiting } from './subject.ts';

/** What one run is to do. */
export interface RunOrder {
  readonly id: string;
  readonly selection: Selection;
  readonly overrides: SettingsLayer;
  readonly coverage: boolean;
  /** What it had done before it was interrupted; null: it begins now. */
  readonly earlier: Earlier | null;
  /** Its cages wait for a debugger. */
  readonly debug?: DebugMeans;
}

/** What it is done with. */
export interface RunMeans {
  readonly workspace: Workspace;
  readonly mechanism: Mechanism;
  readonly storage: string;
  readonly history: History;
  readonly coverage: Coverage;
  readonly scratch: string;
}

export interface RunsDeps {
  readonly notify: (notice: Notice) => Promise<void>;
  readonly onCage: (caged: CagedProcess, unit: Unit, run: string) => void;
  /** The warden has to end. */
  readonly ended: () => boolean;
}

/** The runs that are going on. */
export class Runs {
  readonly #deps: RunsDeps;
  readonly #runs = new Map<string, { readonly run: Run; readonly journal: Journal }>();
  /** Those that have not begun yet, and whether they have been stopped all the same. */
  readonly #preparing = new Map<string, { stopped: boolean }>();
  /** Also of runs whose tests have ended, while it is found out what could have run. */
  readonly #measured = new Map<string, RunCoverage>();
  readonly #capacity = new Capacity();
  #units = 0;

  constructor(deps: RunsDeps) {
    this.#deps = deps;
  }

  get ids(): string[] {
    return [...this.#preparing.keys(), ...this.#runs.keys()];
  }

  /** Nothing of it has begun: what its folders hold is looked at. */
  prepares(id: string): boolean {
    return this.#preparing.has(id);
  }

  /** What the cages of all runs may have together. */
  get budgetBytes(): number | null {
    const budgets = [...this.#runs.values()].map(({ run }) => run.budgetBytes);
    return budgets.length === 0 ? null : Math.max(...budgets);
  }

  /** What is to be left free around the cages; null: as much as is usual. */
  get floorBytes(): number | null {
    const floors = [...this.#runs.values()].flatMap(({ run }) => run.floorBytes ?? []);
    return floors.length === 0 ? null : Math.max(...floors);
  }

  /** Cages that were asked for, so far. */
  get units(): number {
    return this.#units;
  }

  async execute(order: RunOrder, prepare: () => Promise<RunMeans>): Promise<RunSummary> {
    const { id, selection, overrides, earlier, debug } = order;
    const { notify, onCage, ended } = this.#deps;
    const preparation = { stopped: false };
    this.#preparing.set(id, preparation);
    const means = await prepare().finally(() => this.#preparing.delete(id));
    const { workspace, mechanism, storage, history, scratch } = means;
    const journal = new Journal({
      storage,
      run: id,
      opening: earlier
        ? { earlierMs: earlier.durationMs }
        : { selection, overrides, ...(order.coverage ? { coverage: true } : {}) },
      onProblem: problem => void notify({ notice: 'problem', run: id, problem }),
      onGrown: () => history.grown(id),
    });
    let coverage: RunCoverage | null = null;
    try {
      if (order.coverage) coverage = means.coverage.begin(id, earlier);
      if (coverage) this.#measured.set(id, coverage);
      const run = new Run(
        {
          id,
          workspace,
          mechanism,
          scratch,
          journal,
          earlier,
          coverage,
          // A test that somebody looks at in a debugger is in nobody's way, however long that takes.
          capacity: debug ? new Capacity() : this.#capacity,
          past: keys => history.ask('lastVerdicts', { keys }),
          // What is not kept any more is not shown either.
          notify: async notice => (ended() ? undefined : notify(notice)),
          onCage: (caged, unit) => onCage(caged, unit, id),
          nextUnit: () => `unit-${++this.#units}`,
          debugging: debug
            ? {
                means: debug,
                onWaiting: (unit, address) => void notify({ notice: 'debugger', ...waiting(unit, id), ...address }),
              }
            : null,
        },
        overrides,
      );
      this.#runs.set(id, { run, journal });
      if (preparation.stopped) {
        void coverage?.stop();
        void run.stop(false);
      }
      const summary = await run.execute(selection);
      if (ended()) throw new Error(wardenEnds);
      return summary;
    } finally {
      this.#runs.delete(id);
      await this.#putAway(id, journal, coverage);
      void history.tidy();
    }
  }

  /** Also of a run that failed before its first test, so that Stop does not count it for ever. */
  async #putAway(id: string, journal: Journal, coverage: RunCoverage | null): Promise<void> {
    try {
      journal.close();
    } finally {
      // Whoever has been told that it ended asks what was run.
      await coverage?.end(!this.#deps.ended()).finally(() => this.#measured.delete(id));
    }
  }

  /** One of them, or all; the answer is how many, and what could not be killed. */
  async stop(id: string | undefined, hard: boolean): Promise<{ stoppedRuns: number; survivors: ProcessInfo[] }> {
    const preparing = [...this.#preparing].filter(([key]) => id === undefined || id === key);
    for (const [, preparation] of preparing) preparation.stopped = true;
    const runs = [...this.#runs].flatMap(([key, { run }]) => (id === undefined || id === key ? [run] : []));
    const measured = [...this.#measured].filter(([key]) => id === undefined || id === key);
    const ending = measured.filter(([key]) => !this.#runs.has(key));
    const surveys = measured.map(([, coverage]) => coverage.stop());
    const survivors = await Promise.all([...surveys, ...runs.map(run => run.stop(hard))]);
    return { stoppedRuns: preparing.length + runs.length + ending.length, survivors: survivors.flat() };
  }

  /** What has no verdict by now gets none from the kill: it is left for whoever resumes the run. */
  closeJournals(): void {
    for (const { journal } of this.#runs.values()) journal.close();
  }
}
