import { availableParallelism, freemem } from 'node:os';
import type { Mechanism } from '../cages/cage.ts';
import { formatBytes, formatDuration } from '../config/quantities.ts';
import { limitsOf, mergeLayers, settingsFor } from '../config/resolve.ts';
import { defaults, type LeakPolicy, type Settings, type SettingsLayer } from '../config/settings.ts';
import type { Framework } from '../frameworks/framework.ts';
import type { Limits, ProcessInfo } from '../protocol/limits.ts';
import type { Notice, Problem, RunSummary, Selection } from '../protocol/messages.ts';
import type { Project, TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { CagedProcess } from './caged-process.ts';
import { clock } from './clock.ts';
import { destructiveRefusal } from './destructive.ts';
import type { Journal } from './journal.ts';
import { onceEach } from './once.ts';
import { expandSelection, knownTests, type PlannedFile, planFile, wholeFile } from './plan.ts';
import { recordOf } from './record.ts';
import { type Earlier, whatIsLeft } from './resumption.ts';
import { Slots } from './slots.ts';
import { Tally } from './tally.ts';
import { type Terms, termsOf } from './terms.ts';
import { innocents, runUnit, type Unit, type UnitOutcome } from './unit.ts';
import { brokenFile, cancelled, gone, lost, outOfTime, refusedDestructive, type Unrun, withoutCage } from './unrun.ts';
import type { Workspace } from './workspace.ts';

/** Of the memory that is free when a run begins: the rest is for the editor and everything else. */
const shareOfFreeMemory = 0.8;

export interface RunDeps {
  readonly id: string;
  readonly workspace: Workspace;
  readonly mechanism: Mechanism;
  readonly scratch: string;
  readonly journal: Journal;
  /** What the run had done before it was interrupted; null: it begins now. */
  readonly earlier: Earlier | null;
  /** Resolves when the client may be told more. */
  readonly notify: (notice: Notice) => Promise<void>;
  readonly onCage: (process: CagedProcess, unit: Unit) => void;
  readonly nextUnit: () => string;
}

/** One run from its selection to its summary. Whatever happens in between, every planned test gets one record. */
export class Run {
  readonly #deps: RunDeps;
  readonly #overrides: SettingsLayer;
  readonly #tally: Tally;
  readonly #live = new Set<CagedProcess>();
  readonly #problems: Problem[] = [];
  readonly #startedAt = Date.now();
  readonly #slots: Slots;
  readonly #budget: number;
  readonly #survivors: ProcessInfo[] = [];
  readonly #timeoutMs: number | null;
  readonly #toldLimits = new Set<string>();
  readonly #once = onceEach();
  #cancelled = false;
  #outOfTime = false;
  #finished = Promise.withResolvers<void>();

  constructor(deps: RunDeps, overrides: SettingsLayer) {
    this.#deps = deps;
    this.#overrides = overrides;
    this.#tally = new Tally(deps.earlier);
    const first = deps.workspace.projects[0];
    const settings = mergeLayers([...(first ? deps.workspace.layersOf(first) : []), overrides]);
    this.#budget = settings.memoryBudget ?? freemem() * shareOfFreeMemory;
    this.#timeoutMs = settings.runTimeout;
    this.#slots = new Slots(settings.jobs || availableParallelism(), this.#budget);
  }

  async execute(selection: Selection): Promise<RunSummary> {
    const { earlier, workspace } = this.#deps;
    const { files: selected, problems } = expandSelection(selection, workspace);
    const files = earlier ? whatIsLeft(selected, earlier) : selected;
    problems.forEach(problem => this.#tell(problem));
    const timer = this.#timeoutMs === null ? null : clock.after(this.#timeoutMs, () => this.#timeUp());
    const ends = await Promise.allSettled(files.map(file => this.#runFile(file)));
    timer?.cancel();
    for (const end of ends) {
      if (end.status === 'rejected') {
        this.#tell({
          severity: 'error',
          message: `A fault of Bulkhead: ${String(end.reason)}`,
          fix: 'Please report it.',
        });
      }
    }
    for (const { test, project, earlier } of this.#tally.missing()) {
      const about = this.#unrun(test, project, limitsOf(defaults));
      await this.#show(earlier ? this.#notReached(about) : lost(about));
    }
    this.#finished.resolve();
    return this.#summary();
  }

  /** Resolves when every planned test has its record; the answer is what could not be killed. */
  async stop(hard: boolean): Promise<readonly ProcessInfo[]> {
    this.#cancelled = true;
    await Promise.all([...this.#live].map(process => process.stop({ kind: 'cancelled' }, hard)));
    await this.#finished.promise;
    return this.#survivors;
  }

  /** What runs is ended, and nothing more is begun. */
  #timeUp(): void {
    const ms = this.#timeoutMs!;
    this.#outOfTime = true;
    this.#tell({
      severity: 'error',
      key: 'runTimeout',
      message: `The run was ended after ${formatDuration(ms)}, its time-out as a whole.`,
      fix: 'Raise "runTimeout", or run fewer tests at once.',
    });
    for (const process of this.#live) void process.stop({ kind: 'timeout', limit: 'run', ms });
  }

  async #runFile(planned: PlannedFile): Promise<void> {
    const { project, file } = planned;
    const layers = [...this.#deps.workspace.layersOf(project), this.#overrides];
    const limits = limitsOf(settingsFor(layers, project.folder, file));
    const refused = destructiveRefusal(layers, project.folder, file, this.#deps.mechanism);
    if (refused && !this.#cancelled) {
      const tests = knownTests(planned, this.#deps.workspace);
      await this.#plan(tests, project.id);
      for (const test of tests) await this.#show(refusedDestructive(this.#unrun(test, project.id, limits), refused));
      return;
    }
    const release = await this.#slots.claim(limits.memoryBytes ?? 0);
    if (this.#cancelled) return release();
    if (this.#outOfTime) {
      release();
      const test = wholeFile(project, file);
      await this.#plan([test], project.id);
      await this.#show(outOfTime(this.#unrun(test, project.id, limits), this.#timeoutMs!));
      return;
    }
    const plan = await planFile(planned, this.#deps.workspace, this.#overrides, this.#once).finally(release);
    plan.problems.forEach(problem => this.#tell(problem));
    if (plan.broken && !this.#cancelled) {
      await this.#plan([plan.broken.test], project.id);
      await this.#show(brokenFile(this.#unrun(plan.broken.test, project.id, limits), plan.broken.problem));
    }
    await this.#plan(plan.tests, project.id);
    const framework = this.#deps.workspace.frameworkOf(project);
    const known = knownTests({ project, file }, this.#deps.workspace);
    const terms = termsOf(plan.tests, { layers, project, file, known, framework, mechanism: this.#deps.mechanism });
    this.#tellLargeCap(
      file,
      terms.reduce((largest, { limits }) => Math.max(largest, limits.memoryBytes ?? 0), 0),
    );
    await Promise.all(terms.map(each => this.#runUnder(each, project, framework, mergeLayers(layers))));
  }

  async #runUnder(terms: Terms, project: Project, framework: Framework, merged: Settings): Promise<void> {
    const { tests, limits, settings, refused } = terms;
    if (refused && !this.#cancelled) {
      for (const test of tests) await this.#show(refusedDestructive(this.#unrun(test, project.id, limits), refused));
      return;
    }
    for (let left = tests; left.length > 0;) {
      const giveBack = await this.#slots.claim(limits.memoryBytes ?? 0);
      const launch = framework.launch(project, left, merged);
      const unit: Unit = { id: this.#deps.nextUnit(), project, framework, tests: left, limits, launch };
      left = await this.#attempt(unit, settings.leaks, merged).finally(giveBack);
    }
  }

  /** Runs a unit and records its tests; the answer is what another test's death kept from running. */
  async #attempt(unit: Unit, leaks: LeakPolicy, settings: Settings): Promise<readonly TestInfo[]> {
    const about = (test: TestInfo) => this.#unrun(test, unit.project.id, unit.limits);
    if (this.#cancelled) {
      for (const test of unit.tests) await this.#show(cancelled(about(test)));
      return [];
    }
    if (this.#outOfTime) {
      for (const test of unit.tests) await this.#show(outOfTime(about(test), this.#timeoutMs!));
      return [];
    }
    let outcome: UnitOutcome;
    try {
      outcome = await this.#run(unit);
    } catch (error) {
      for (const test of unit.tests) await this.#show(withoutCage(about(test), error));
      return [];
    }
    const again = new Set(this.#cancelled ? [] : innocents(outcome));
    for (const test of outcome.tests) {
      if (again.has(test.test)) continue;
      await this.#show(recordOf(unit, outcome, test, { mechanism: this.#deps.mechanism.name, leaks, settings }));
    }
    return [...again];
  }

  async #run(unit: Unit): Promise<UnitOutcome> {
    const { mechanism, scratch, journal, notify, id, onCage } = this.#deps;
    let caged: CagedProcess | undefined;
    const outcome = await runUnit(unit, {
      mechanism,
      scratch,
      onProcess: process => {
        caged = process;
        this.#live.add(process);
        onCage(process, unit);
        this.#tellUnenforced(process);
      },
      onAdopted: test => {
        if (this.#tally.has(test.key)) return false;
        this.#deps.workspace.adopt(unit.project, test);
        void this.#plan([test], unit.project.id);
        return true;
      },
      onStarted: (test, at) => void notify({ notice: 'started', run: id, key: test.key, at }),
      onOutput: (test, text) => void notify({ notice: 'output', run: id, key: test.key, text }),
      onStop: (stopped, reason) => journal.write({ entry: 'stop', unit: stopped.id, reason }),
    });
    if (caged) this.#live.delete(caged);
    this.#survivors.push(...outcome.evidence.survivors);
    return outcome;
  }

  #tellLargeCap(file: string, memory: number): void {
    if (memory <= this.#budget) return;
    this.#tell({
      severity: 'warning',
      file,
      key: 'memory',
      message: `The cap of ${formatBytes(memory)} is more than the ${formatBytes(this.#budget)} that caps may add up to, so its tests run one at a time.`,
      fix: 'Lower "memory" for this file, or raise "memoryBudget".',
    });
  }

  /** Each limit that the cage does not hold is told once a run; the records of its tests say it each. */
  #tellUnenforced({ unenforced }: CagedProcess): void {
    for (const { limit, because, fix } of unenforced) {
      if (this.#toldLimits.has(`${limit} ${because}`)) continue;
      this.#toldLimits.add(`${limit} ${because}`);
      const cage = this.#deps.mechanism.label;
      const message = `The limit "${limit}" is not enforced in this cage (${cage}): ${because}.`;
      this.#tell({ severity: 'warning', key: limit, message, fix });
    }
  }

  async #plan(tests: readonly TestInfo[], project: string): Promise<void> {
    if (tests.length === 0) return;
    this.#tally.plan(tests, project);
    this.#deps.journal.write({ entry: 'plan', project, tests });
    await this.#deps.notify({ notice: 'planned', run: this.#deps.id, tests });
  }

  async #show(record: TestRecord): Promise<void> {
    this.#tally.count(record);
    this.#deps.journal.write({ entry: 'record', record });
    await this.#deps.notify({ notice: 'record', run: this.#deps.id, record });
  }

  /** A test that was planned before an interruption, and not again. */
  #notReached(about: Unrun): TestRecord {
    if (this.#cancelled) return cancelled(about);
    return this.#outOfTime ? outOfTime(about, this.#timeoutMs!) : gone(about);
  }

  #unrun(test: TestInfo, project: string, limits: Limits): Unrun {
    return { test, project, limits, cage: this.#deps.mechanism.name };
  }

  #tell(problem: Problem): void {
    this.#problems.push(problem);
    void this.#deps.notify({ notice: 'problem', run: this.#deps.id, problem });
  }

  #summary(): RunSummary {
    const { journal, id, earlier } = this.#deps;
    const summary: RunSummary = {
      run: id,
      planned: this.#tally.planned,
      counts: this.#tally.counts,
      leaked: this.#tally.leaked,
      startedAt: earlier?.startedAt ?? this.#startedAt,
      durationMs: (earlier?.durationMs ?? 0) + Date.now() - this.#startedAt,
      cancelled: this.#cancelled,
      problems: this.#problems,
      journal: journal.complete ? journal.path : null,
    };
    journal.write({ entry: 'end', summary });
    return summary;
  }
}
