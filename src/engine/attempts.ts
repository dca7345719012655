import type { ProcessInfo } from '../protocol/limits.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { Account } from './account.ts';
import type { CagedProcess } from './caged-process.ts';
import type { Closing } from './closing.ts';
import type { StopReason } from './evidence.ts';
import { recordOf } from './record.ts';
import type { Attempt, How, RunDeps } from './run-parts.ts';
import type { Slots } from './slots.ts';
import { StartUps } from './start-ups.ts';
import { UnheldLimits } from './unheld.ts';
import { endedBetween, innocents, isBarren } from './undecided.ts';
import { runUnit, type Unit, type UnitOutcome } from './unit.ts';
import { withoutCage } from './unrun.ts';

const nothing = { left: [], between: null, barren: false, evidence: null };

/** The cages of a run: what is in them now, and what came of what was. */
export class Attempts {
  readonly #deps: RunDeps;
  readonly #account: Account;
  readonly #closing: Closing;
  readonly #slots: Slots;
  readonly #live = new Set<CagedProcess>();
  readonly #unheld = new UnheldLimits();
  readonly startUps = new StartUps();
  /** What could not be killed. */
  readonly survivors: ProcessInfo[] = [];

  constructor(deps: RunDeps, account: Account, closing: Closing, slots: Slots) {
    this.#deps = deps;
    this.#account = account;
    this.#closing = closing;
    this.#slots = slots;
  }

  async stop(reason: StopReason, hard = false): Promise<void> {
    await Promise.all([...this.#live].map(process => process.stop(reason, hard)));
  }

  /** Runs tests in one cage, once there is room; of what they find, `again` was found by an earlier attempt. */
  async begin(tests: readonly TestInfo[], how: How, again: ReadonlySet<TestKey> = new Set()): Promise<Attempt> {
    const { project, framework, limits, settings, merged, chosen, rank } = how;
    const { mechanism, nextUnit } = this.#deps;
    const locks = [...settings.locks, ...(project.locks ?? [])];
    const giveBack = await this.#slots.claim({ ...settings, locks, bytes: limits.memoryBytes ?? 0, rank });
    try {
      const ended = this.#closing.before(project.id, limits);
      if (ended) return { ...nothing, records: tests.map(ended) };
      const launch = framework.launch(project, tests, merged);
      const unit: Unit = { id: nextUnit(), project, framework, tests, chosen, limits, launch };
      const outcome = await this.#run(unit, again);
      this.startUps.note(unit, settings.isolation, outcome);
      const kept = new Set(this.#closing.cancelled ? [] : innocents(outcome));
      const context = { mechanism: mechanism.name, leaks: settings.leaks, settings: merged };
      const told = outcome.tests.filter(({ test }) => !kept.has(test));
      return {
        left: [...kept],
        between: this.#closing.cancelled ? null : endedBetween(outcome),
        barren: isBarren(outcome),
        records: told.map(test => recordOf(unit, outcome, test, context)),
        evidence: outcome.evidence,
      };
    } catch (error) {
      const about = (test: TestInfo) => this.#closing.unrun(test, project.id, limits);
      return { ...nothing, records: tests.map(test => withoutCage(about(test), error)) };
    } finally {
      // A failure that is the last one allowed is counted before another test may begin.
      setImmediate(giveBack);
    }
  }

  async #run(unit: Unit, again: ReadonlySet<TestKey>): Promise<UnitOutcome> {
    const { mechanism, scratch, journal, notify, id, onCage, debugging, coverage } = this.#deps;
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
        for (const problem of this.#unheld.news(process.unenforced, mechanism.label)) this.#account.tell(problem);
      },
      onAdopted: test => {
        if (again.has(test.key)) return true;
        const { tally } = this.#account;
        if (tally.has(test.key) && !tally.awaits(test.key)) return false;
        this.#deps.workspace.adopt(unit.project, test);
        void this.#account.plan([test], unit.project.id);
        return true;
      },
      debugging: debugging && { ...debugging, onWaiting: address => debugging.onWaiting(unit, address) },
      onStarted: (test, at) => void notify({ notice: 'started', run: id, key: test.key, at }),
      onSlow: (test, ms) => void notify({ notice: 'slow', run: id, key: test.key, ms }),
      onOutput: (test, text) => void notify({ notice: 'output', run: id, key: test.key, text }),
      onStop: (stopped, reason) => journal.write({ entry: 'stop', unit: stopped.id, reason }),
    });
    if (caged) this.#live.delete(caged);
    coverage?.take(measured, outcome);
    this.survivors.push(...outcome.evidence.survivors);
    return outcome;
  }
}
