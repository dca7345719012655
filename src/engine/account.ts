import type { Problem, RunSummary } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { KnownFailures } from './known-failures.ts';
import type { RunDeps } from './run-parts.ts';
import { Tally } from './tally.ts';

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
    await this.#deps.journal.record(record);
    await this.#deps.notify({ notice: 'record', run: this.#deps.id, record });
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
      cancelled,
      memoryBudgetBytes,
      problems: this.#problems,
      journal: journal.complete ? journal.path : null,
    };
    journal.write({ entry: 'end', summary });
    return summary;
  }
}
