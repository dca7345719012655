import type { Limits, MechanismName } from '../protocol/limits.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { Tally } from './tally.ts';
import { cancelled, gone, notBegun, notKept, outOfTime, type Unrun } from './unrun.ts';

export interface ClosingTerms {
  readonly timeoutMs: number | null;
  readonly maxFailures: number;
  readonly cage: MechanismName;
}

/** Why a run begins nothing more, and the records of what it does not reach. */
export class Closing {
  readonly timeoutMs: number | null;
  readonly #maxFailures: number;
  readonly #cage: MechanismName;
  readonly #tally: Tally;
  cancelled = false;
  outOfTime = false;

  constructor({ timeoutMs, maxFailures, cage }: ClosingTerms, tally: Tally) {
    this.timeoutMs = timeoutMs;
    this.#maxFailures = maxFailures;
    this.#cage = cage;
    this.#tally = tally;
  }

  get cutShort(): boolean {
    return this.cancelled || this.outOfTime || this.#tally.unkept > 0 || this.#tally.failures >= this.#maxFailures;
  }

  /** What becomes of a test that is not begun any more; null: it may begin. */
  before(project: string, limits: Limits): ((test: TestInfo) => TestRecord) | null {
    if (this.cancelled) return test => cancelled(this.unrun(test, project, limits));
    if (this.outOfTime) return test => outOfTime(this.unrun(test, project, limits), this.timeoutMs!);
    const { failures, unkept } = this.#tally;
    if (unkept > 0) return test => notKept(this.unrun(test, project, limits));
    if (failures >= this.#maxFailures) return test => notBegun(this.unrun(test, project, limits), failures);
    return null;
  }

  /** A test that was planned before an interruption, and not again. */
  notReached(about: Unrun): TestRecord {
    if (this.cancelled) return cancelled(about);
    if (this.outOfTime) return outOfTime(about, this.timeoutMs!);
    return this.#tally.unkept > 0 ? notKept(about) : gone(about);
  }

  unrun(test: TestInfo, project: string, limits: Limits): Unrun {
    return { test, project, limits, cage: this.#cage };
  }
}
