import { availableParallelism, freemem } from 'node:os';
import { formatDuration } from '../config/quantities.ts';
import { limitsOf, mergeLayers, settingsFor } from '../config/resolve.ts';
import { defaults, type SettingsLayer } from '../config/settings.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { Problem, RunSummary, Selection } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { CagedProcess } from './caged-process.ts';
import { clock } from './clock.ts';
import { Closing } from './closing.ts';
import { destructiveRefusal } from './destructive.ts';
import { onceEach } from './once.ts';
import { KnownFailures } from './known-failures.ts';
import { expandSelection, knownTests, type PlannedFile, planFile, wholeFile } from './plan.ts';
import { ranAlone, suspects } from './policy.ts';
import { recordOf } from './record.ts';
import type { Attempt, How, RunDeps } from './run-parts.ts';
import { whatIsLeft } from './resumption.ts';
import { retried } from './retry.ts';
import { Slots } from './slots.ts';
import { Tally } from './tally.ts';
import { termsOf } from './terms.ts';
import { largeCap, UnheldLimits } from './unheld.ts';
import { innocents, runUnit, type Unit, type UnitOutcome } from './unit.ts';
import { brokenFile, lost, refusedDestructive, withoutCage } from './unrun.ts';

/** Of the memory that is free when a run begins: the rest is for the editor and everything else. */
const shareOfFreeMemory = 0.8;

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
  readonly #closing: Closing;
  readonly #unheld = new UnheldLimits();
  readonly #once = onceEach();
  readonly #known: KnownFailures;
  #finished = Promise.withResolvers<void>();

  constructor(deps: RunDeps, overrides: SettingsLayer) {
    this.#deps = deps;
    this.#overrides = overrides;
    this.#tally = new Tally(deps.earlier);
    this.#known = new KnownFailures(deps.workspace.knownFailures(), new Date());
    const first = deps.workspace.projects[0];
    const settings = mergeLayers([...(first ? deps.workspace.layersOf(first) : []), overrides]);
    this.#budget = settings.memoryBudget ?? freemem() * shareOfFreeMemory;
    const { runTimeout: timeoutMs, maxFailures } = settings;
    const cage = deps.mechanism.name;
    this.#closing = new Closing({ timeoutMs, maxFailures: maxFailures ?? Infinity, cage }, this.#tally);
    this.#slots = new Slots(settings.jobs || availableParallelism(), this.#budget);
  }

  async execute(selection: Selection): Promise<RunSummary> {
    const { earlier, workspace } = this.#deps;
    const { files: selected, problems } = expandSelection(selection, workspace);
    const files = earlier ? whatIsLeft(selected, earlier) : selected;
    problems.forEach(problem => this.#tell(problem));
    const { timeoutMs } = this.#closing;
    const timer = timeoutMs === null ? null : clock.after(timeoutMs, () => this.#timeUp(timeoutMs));
    const ends = await Promise.allSettled(files.map(file => this.#runFile(file)));
    timer?.cancel();
    for (const end of ends) {
      if (end.status === 'fulfilled') continue;
      const message = `A fault of Bulkhead: ${String(end.reason)}`;
      this.#tell({ severity: 'error', message, fix: 'Please report it.' });
    }
    for (const { test, project, earlier } of this.#tally.missing()) {
      const about = this.#closing.unrun(test, project, limitsOf(defaults));
      await this.#show(earlier ? this.#closing.notReached(about) : lost(about));
    }
    const listed = selection.kind === 'all' ? workspace.projects : null;
    // Of a run that was cut short, tests are missing for another reason than that they are not there.
    if (!this.#closing.cutShort) this.#known.unmet(listed).forEach(each => this.#tell(each));
    this.#finished.resolve();
    return this.#summary();
  }

  /** Resolves when every planned test has its record; the answer is what could not be killed. */
  async stop(hard: boolean): Promise<readonly ProcessInfo[]> {
    this.#closing.cancelled = true;
    await Promise.all([...this.#live].map(process => process.stop({ kind: 'cancelled' }, hard)));
    await this.#finished.promise;
    return this.#survivors;
  }

  /** What runs is ended, and nothing more is begun. */
  #timeUp(ms: number): void {
    this.#closing.outOfTime = true;
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
    if (refused && !this.#closing.cancelled) {
      const tests = knownTests(planned, this.#deps.workspace);
      await this.#plan(tests, project.id);
      for (const test of tests)
        await this.#show(refusedDestructive(this.#closing.unrun(test, project.id, limits), refused));
      return;
    }
    const release = await this.#slots.claim({ bytes: limits.memoryBytes ?? 0 });
    if (this.#closing.cancelled) return release();
    const ended = this.#closing.before(project.id, limits);
    if (ended) {
      release();
      const test = wholeFile(project, file);
      await this.#plan([test], project.id);
      return this.#show(ended(test));
    }
    const plan = await planFile(planned, this.#deps.workspace, this.#overrides, this.#once).finally(release);
    plan.problems.forEach(problem => this.#tell(problem));
    if (plan.broken && !this.#closing.cancelled) {
      await this.#plan([plan.broken.test], project.id);
      await this.#show(brokenFile(this.#closing.unrun(plan.broken.test, project.id, limits), plan.broken.problem));
    }
    if (!planned.wanted && !plan.broken) this.#known.covered(file);
    await this.#plan(plan.tests, project.id);
    const framework = this.#deps.workspace.frameworkOf(project);
    const known = knownTests({ project, file }, this.#deps.workspace);
    const terms = termsOf(plan.tests, { layers, project, file, known, framework, mechanism: this.#deps.mechanism });
    const large = largeCap(file, terms, this.#budget);
    if (large) this.#tell(large);
    const how = { project, framework, merged: mergeLayers(layers), chosen: planned.chosen ?? false };
    await Promise.all(terms.map(({ tests, ...own }) => this.#runUnder(tests, { ...how, ...own })));
  }

  /** Tests that share a cage, and whatever one of them keeps from running once more. */
  async #runUnder(tests: readonly TestInfo[], how: How): Promise<void> {
    if (how.refused && !this.#closing.cancelled) {
      const about = (test: TestInfo) => this.#closing.unrun(test, how.project.id, how.limits);
      for (const test of tests) await this.#show(refusedDestructive(about(test), how.refused));
      return;
    }
    for (let left = tests; left.length > 0;) {
      const attempt = await this.#attempt(left, how);
      left = attempt.left;
      await this.#settle(attempt, how);
    }
  }

  /** Runs tests in one cage, once there is room. */
  async #attempt(tests: readonly TestInfo[], how: How): Promise<Attempt> {
    const { project, framework, limits, settings, merged, chosen } = how;
    const giveBack = await this.#slots.claim({ ...settings, bytes: limits.memoryBytes ?? 0 });
    try {
      const ended = this.#closing.before(project.id, limits);
      if (ended) return { left: [], records: tests.map(ended), evidence: null };
      const launch = framework.launch(project, tests, merged);
      const unit: Unit = { id: this.#deps.nextUnit(), project, framework, tests, chosen, limits, launch };
      const outcome = await this.#run(unit);
      const again = new Set(this.#closing.cancelled ? [] : innocents(outcome));
      const context = { mechanism: this.#deps.mechanism.name, leaks: settings.leaks, settings: merged };
      const told = outcome.tests.filter(({ test }) => !again.has(test));
      return {
        left: [...again],
        records: told.map(test => recordOf(unit, outcome, test, context)),
        evidence: outcome.evidence,
      };
    } catch (error) {
      const records = tests.map(test => withoutCage(this.#closing.unrun(test, project.id, limits), error));
      return { left: [], records, evidence: null };
    } finally {
      // A failure that is the last one allowed is counted before another test may begin.
      setImmediate(giveBack);
    }
  }

  /** Tells the verdicts that stand, and tries again what the policies give another chance. */
  async #settle({ records, evidence }: Attempt, how: How): Promise<void> {
    const { isolation, retries, retryDelay: delayMs } = how.settings;
    const unsure = new Set(isolation === 'adaptive' && evidence ? suspects(records, evidence) : []);
    const stopped = () => this.#closing.before(how.project.id, how.limits) !== null;
    await Promise.all(
      records.map(async record => {
        const attempt = async () => {
          const { records: own } = await this.#attempt([record.test], how);
          return own.find(({ test }) => test.key === record.test.key) ?? null;
        };
        // What another test finds can be run through that one only.
        if (record.test.dynamic || stopped()) return this.#show(record);
        const alone = unsure.has(record) ? await attempt() : null;
        const counts = alone && !stopped() ? ranAlone(alone, record.verdict) : record;
        const again = this.#known.excuses(counts) ? 0 : retries;
        await this.#show(await retried(counts, { retries: again, delayMs, stopped, attempt }));
      }),
    );
  }

  async #run(unit: Unit): Promise<UnitOutcome> {
    const { mechanism, scratch, journal, notify, id, onCage, coverage } = this.#deps;
    const measured = coverage?.prepared(unit) ?? unit;
    let caged: CagedProcess | undefined;
    const outcome = await runUnit(measured, {
      mechanism,
      scratch,
      outputFolder: journal.outputFolder,
      onProcess: process => {
        caged = process;
        this.#live.add(process);
        onCage(process, unit);
        for (const problem of this.#unheld.news(process.unenforced, mechanism.label)) this.#tell(problem);
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
    coverage?.take(measured, outcome);
    this.#survivors.push(...outcome.evidence.survivors);
    return outcome;
  }

  async #plan(tests: readonly TestInfo[], project: string): Promise<void> {
    if (tests.length === 0) return;
    this.#tally.plan(tests, project);
    this.#deps.journal.write({ entry: 'plan', project, tests });
    await this.#deps.notify({ notice: 'planned', run: this.#deps.id, tests });
  }

  async #show(undecided: TestRecord): Promise<void> {
    const record = this.#known.judged(undecided);
    this.#tally.count(record);
    await this.#deps.journal.record(record);
    await this.#deps.notify({ notice: 'record', run: this.#deps.id, record });
  }

  #tell(problem: Problem): void {
    this.#problems.push(problem);
    void this.#deps.notify({ notice: 'problem', run: this.#deps.id, problem });
  }

  #summary(): RunSummary {
    const { journal, id, earlier } = this.#deps;
    const summary: RunSummary = {
      run: id,
      ...this.#tally.totals,
      startedAt: earlier?.startedAt ?? this.#startedAt,
      durationMs: (earlier?.durationMs ?? 0) + Date.now() - this.#startedAt,
      cancelled: this.#closing.cancelled,
      problems: this.#problems,
      journal: journal.complete ? journal.path : null,
    };
    journal.write({ entry: 'end', summary });
    return summary;
  }
}
