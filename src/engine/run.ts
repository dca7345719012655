import { availableParallelism, freemem } from 'node:os';
import { formatDuration } from '../config/quantities.ts';
import { withEnvFiles } from '../config/env-files.ts';
import { limitsOf, mergeLayers, settingsFor } from '../config/resolve.ts';
import { defaults, type SettingsLayer } from '../config/settings.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { RunSummary, Selection } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { Account } from './account.ts';
import { Attempts } from './attempts.ts';
import { clock } from './clock.ts';
import { Closing } from './closing.ts';
import { whileDebugging, whyNoDebugger } from './debugging.ts';
import { destructiveRefusal } from './destructive.ts';
import { Doubts, resolved } from './doubts.ts';
import { Errand } from './errand.ts';
import { expandSelection, knownTests, type PlannedFile, planFile, wholeFile } from './plan.ts';
import { PastOutcomes, rankOf } from './past-outcomes.ts';
import type { Attempt, How, RunDeps } from './run-parts.ts';
import { whatIsLeft } from './resumption.ts';
import { Repeats } from './repeats.ts';
import { retried } from './retry.ts';
import { Slots } from './slots.ts';
import { termsOf } from './terms.ts';
import { LargeCaps } from './unheld.ts';
import { brokenFile, lost, refusedDebugger, refusedDestructive } from './unrun.ts';

/** Of cages that come to their end before any test of theirs begins. */
const mostSplits = 2;
/** Of the memory that is free when a run begins: the rest is for the editor and everything else. */
const shareOfFreeMemory = 0.8;

/** One run from its selection to its summary. Whatever happens in between, every planned test gets one record. */
export class Run {
  readonly #deps: RunDeps;
  /** What the client asked for: it holds for listing tests as it is. */
  readonly #asked: SettingsLayer;
  readonly #overrides: SettingsLayer;
  readonly #account: Account;
  readonly #closing: Closing;
  readonly #attempts: Attempts;
  readonly #slots: Slots;
  readonly budgetBytes: number;
  readonly floorBytes: number | null;
  readonly #past: PastOutcomes;
  readonly #largeCaps: LargeCaps;
  readonly #errand = new Errand();
  #files = 0;
  #finished = Promise.withResolvers<void>();

  constructor(deps: RunDeps, overrides: SettingsLayer) {
    this.#deps = deps;
    this.#asked = overrides;
    this.#overrides = deps.debugging ? whileDebugging(overrides) : overrides;
    const first = deps.workspace.projects[0];
    const settings = mergeLayers([...(first ? deps.workspace.layersOf(first) : []), this.#overrides]);
    this.budgetBytes = settings.memoryBudget ?? freemem() * shareOfFreeMemory;
    this.floorBytes = settings.memoryFloor;
    this.#largeCaps = new LargeCaps(this.budgetBytes);
    this.#account = new Account(deps);
    const { runTimeout: timeoutMs, maxFailures } = settings;
    const cage = deps.mechanism.name;
    this.#closing = new Closing({ timeoutMs, maxFailures: maxFailures ?? Infinity, cage }, this.#account.tally);
    this.#slots = new Slots(settings.jobs || availableParallelism(), this.budgetBytes, {
      capacity: deps.capacity,
      over: () => this.#closing.cutShort,
    });
    this.#past = new PastOutcomes(settings.order === 'failed-first' ? deps.past : null);
    this.#attempts = new Attempts(deps, this.#account, this.#closing, this.#slots);
  }

  async execute(selection: Selection): Promise<RunSummary> {
    const { earlier, workspace } = this.#deps;
    const { files: selected, problems } = expandSelection(selection, workspace);
    const files = earlier ? whatIsLeft(selected, earlier) : selected;
    this.#files = files.length;
    problems.forEach(problem => this.#account.tell(problem));
    const { timeoutMs } = this.#closing;
    const timer = timeoutMs === null ? null : clock.after(timeoutMs, () => this.#timeUp(timeoutMs));
    const ends = await Promise.allSettled(files.map(file => this.#runFile(file)));
    timer?.cancel();
    for (const end of ends) {
      if (end.status === 'fulfilled') continue;
      const message = `A fault of Bulkhead: ${String(end.reason)}`;
      this.#account.tell({ severity: 'error', message, fix: 'Please report it.' });
    }
    for (const { test, project, earlier } of this.#account.tally.missing()) {
      const about = this.#closing.unrun(test, project, limitsOf(defaults));
      await this.#account.show(earlier ? this.#closing.notReached(about) : lost(about));
    }
    const listed = selection.kind === 'all' ? workspace.projects : null;
    // Of a run that was cut short, tests are missing for another reason than that they are not there.
    if (!this.#closing.cutShort) this.#account.known.unmet(listed).forEach(each => this.#account.tell(each));
    if (!this.#deps.debugging) this.#attempts.startUps.hints().forEach(each => this.#account.tell(each));
    this.#finished.resolve();
    return this.#account.summary(this.#closing.cancelled, Math.round(this.budgetBytes));
  }

  /** Resolves when every planned test has its record; the answer is what could not be killed. */
  async stop(hard: boolean): Promise<readonly ProcessInfo[]> {
    this.#closing.cancelled = true;
    this.#slots.recheck();
    const [survivors] = await Promise.all([this.#errand.end(), this.#attempts.stop({ kind: 'cancelled' }, hard)]);
    await this.#finished.promise;
    return [...survivors, ...this.#attempts.survivors];
  }

  /** What runs is ended, and nothing more is begun. */
  #timeUp(ms: number): void {
    this.#closing.outOfTime = true;
    this.#slots.recheck();
    this.#account.tell({
      severity: 'error',
      key: 'runTimeout',
      message: `The run was ended after ${formatDuration(ms)}, its time-out as a whole.`,
      fix: 'Raise "runTimeout", or run fewer tests at once.',
    });
    void this.#errand.end();
    void this.#attempts.stop({ kind: 'timeout', limit: 'run', ms });
  }

  async #runFile(planned: PlannedFile): Promise<void> {
    const { project, file } = planned;
    const layers = [...this.#deps.workspace.layersOf(project), this.#overrides];
    const limits = limitsOf(settingsFor(layers, project.folder, file));
    const refused = destructiveRefusal(layers, project.folder, file, this.#deps.mechanism);
    if (refused && !this.#closing.cancelled) {
      const tests = knownTests(planned, this.#deps.workspace);
      await this.#account.plan(tests, project.id);
      for (const test of tests)
        await this.#account.show(refusedDestructive(this.#closing.unrun(test, project.id, limits), refused));
      return;
    }
    const release = await this.#slots.claim({ bytes: limits.memoryBytes ?? 0 });
    if (this.#closing.cancelled) return release();
    const ended = this.#closing.before(project.id, limits);
    if (ended) {
      release();
      const test = wholeFile(project, file);
      await this.#account.plan([test], project.id);
      return this.#account.show(ended(test));
    }
    const plan = await planFile(planned, this.#deps.workspace, this.#asked, this.#errand).finally(release);
    plan.problems.forEach(problem => this.#account.tell(problem));
    if (plan.broken && !this.#closing.cancelled) {
      const { test, problem } = plan.broken;
      await this.#account.plan([test], project.id);
      const about = this.#closing.unrun(test, project.id, limits);
      // What was to build or list it may have been ended for that.
      const late = this.#closing.outOfTime ? this.#closing.before(project.id, limits) : null;
      await this.#account.show(late ? late(test) : brokenFile(about, problem));
    }
    if (!planned.wanted && !plan.broken) this.#account.known.covered(file);
    await this.#account.plan(plan.tests, project.id);
    const framework = this.#deps.workspace.frameworkOf(project);
    const known = knownTests({ project, file }, this.#deps.workspace);
    const terms = termsOf(plan.tests, { layers, project, file, known, framework, mechanism: this.#deps.mechanism });
    for (const problem of this.#largeCaps.news(terms)) this.#account.tell(problem);
    const { settings: merged } = withEnvFiles(mergeLayers(layers), project.folder);
    const how = { project, framework, merged, chosen: planned.chosen ?? false };
    // One test alone has its turn at once.
    const compared = this.#files === 1 && plan.tests.length === 1 ? [] : plan.tests;
    const past = await this.#past.of(compared.map(({ key }) => key));
    await Promise.all(
      terms.map(({ tests, ...own }) => {
        const rank = rankOf(
          tests.map(({ key }) => key),
          past,
        );
        return this.#runUnder(tests, { ...how, ...own, rank });
      }),
    );
  }

  /** Tests that share a cage, and whatever one of them keeps from running once more. */
  async #runUnder(tests: readonly TestInfo[], how: How): Promise<void> {
    if (how.refused && !this.#closing.cancelled) {
      const about = (test: TestInfo) => this.#closing.unrun(test, how.project.id, how.limits);
      for (const test of tests) await this.#account.show(refusedDestructive(about(test), how.refused));
      return;
    }
    const undebuggable = this.#deps.debugging && whyNoDebugger(how.framework, how.limits);
    if (undebuggable && !this.#closing.cancelled) {
      const about = (test: TestInfo) => this.#closing.unrun(test, how.project.id, how.limits);
      for (const test of tests) await this.#account.show(refusedDebugger(about(test), undebuggable));
      return;
    }
    const queue = [tests];
    let splits = 0;
    for (let next = queue.shift(); next; next = queue.shift()) {
      const attempt = await this.#attempts.begin(next, how);
      if (!attempt.barren && next.length > 1) splits = 0;
      // A hook of the first may be to blame, of which the others know nothing; or else the file, which shows soon.
      if (attempt.barren && how.framework.smallestUnit !== 'file' && splits++ < mostSplits) {
        queue.unshift(next.slice(0, 1), next.slice(1));
        continue;
      }
      if (attempt.left.length > 0) queue.unshift(attempt.left);
      await this.#settle(attempt, how);
    }
  }

  /** Tells the verdicts that stand, and tries again what the policies give another chance. */
  async #settle(ended: Attempt, how: How): Promise<void> {
    const { records } = ended;
    const stopped = () => this.#closing.before(how.project.id, how.limits) !== null;
    const doubts = new Doubts(ended, how.settings.isolation);
    const repeats = new Repeats(records, (test, settings, again) =>
      this.#attempts.begin([test], { ...how, settings }, again),
    );
    const settled = async (record: TestRecord): Promise<TestRecord> => {
      if (stopped()) return record;
      const attempt = repeats.turnsOf(record.test);
      const counts = await resolved(record, doubts.of(record), { settings: how.settings, stopped, attempt });
      const retries = this.#account.known.excuses(counts) ? 0 : how.settings.retries;
      const { retryDelay: delayMs } = how.settings;
      return retried(counts, { retries, delayMs, stopped, attempt: () => attempt(how.settings) });
    };
    // What a test has found is told before it, as it ended before it.
    const inOrder = [...records.filter(({ test }) => test.dynamic), ...records.filter(({ test }) => !test.dynamic)];
    await Promise.all(inOrder.map(async record => this.#account.show(await settled(record))));
    for (const record of repeats.found) await this.#account.show(record);
  }
}
