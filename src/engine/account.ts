import type { Problem, RunSummary } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { KnownFailures } from './known-failures.ts';
import type { RunDeps } from './run-parts.ts';
import { Tally } from './tally.ts';
import { notKept } from './unrun.ts';

/** What a run has told: each word of it counted, in the journal, and only then said. */
export class Account {
  readonly tally: Tally;
  readonly known: KnownFailures;
  readonly #deps: RunDeps;
  readonly #problems: Problem[] = [];
  readonly #startedAt = Date.now();

  constructor(deps: RunDeps) {
    this.#deps = deps;
    this.tally = new Tally(deps.earlier);
    this.known = new KnownFailures(deps.workspace.knownFailures(), new Date());
  }

  async plan(tests: readonly TestInfo[], project: string): Promise<void> {
    if (tests.length === 0) return;
    this.tally.plan(tests, project);
    this.#deps.journal.write({ entry: 'plan', project, tests });
    await this.#deps.notify({ notice: 'planned', run: this.#deps.id, tests });
  }

  async show(undecided: TestRecord): Promise<void> {
    const record = this.known.judged(undecided);
    this.tally.count(record);
    const kept = await this.#deps.journal.record(record);
    await this.#deps.notify({ notice: 'record', run: this.#deps.id, record: kept ? record : this.#withdrawn(record) });
  }

  /** A verdict that is not kept is not shown: the test is one without a verdict, and so it is for whoever resumes the run. */
  #withdrawn(record: TestRecord): TestRecord {
    const { journal } = this.#deps;
    const told = notKept(record);
    if (this.tally.unkept === 0)
      this.tell({
        severity: 'error',
        file: journal.path,
        message: 'The run begins no more tests, because the disk is full: a verdict is only shown when it is kept.',
        fix: 'Free some space and resume the run: what has no verdict is run again.',
      });
    this.tally.withdraw(record, told);
    // For the case that there is room again before the run has ended.
    journal.write({ entry: 'record', record: told });
    return told;
  }

  tell(problem: Problem): void {
    this.#problems.push(problem);
    void this.#deps.notify({ notice: 'problem', run: this.#deps.id, problem });
  }

  summary(cancelled: boolean, memoryBudgetBytes: number): RunSummary {
    const { journal, id, earlier } = this.#deps;
    const summary: RunSummary = {
      run: id,
      ...this.tally.totals,
      startedAt: earlier?.startedAt ?? this.#startedAt,
      durationMs: (earlier?.durationMs ?? 0) + Date.now() - this.#startedAt,
      // It can be resumed like one that was stopped.
      cancelled: cancelled || this.tally.unkept > 0,
      memoryBudgetBytes,
      problems: this.#problems,
      journal: journal.complete ? journal.path : null,
      ...(this.tally.unkept > 0 ? { unkept: this.tally.unkept } : {}),
    };
    journal.write({ entry: 'end', summary });
    return summary;
  }
}
