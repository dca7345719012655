import type { RunSummary } from '../protocol/messages.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import { type Attribute, isFailure, type TestRecord, type VerdictKind } from '../protocol/verdict.ts';
import { type Earlier, isDone } from './resumption.ts';

interface Planned {
  readonly test: TestInfo;
  readonly project: string;
  /** Planned before the run was interrupted, and not since. */
  readonly earlier: boolean;
}

/** Planned = the sum of verdicts: kept as an account, so that a missing or a double one shows. */
export class Tally {
  readonly #planned = new Map<TestKey, Planned>();
  readonly #recorded = new Set<TestKey>();
  readonly counts: Partial<Record<VerdictKind, number>> = {};
  leaked = 0;
  /** Passed, and had failed before. */
  flaky = 0;
  failures = 0;
  /** Verdicts that could not be kept, and are not shown. */
  unkept = 0;

  /** Goes on with the account of a run that was interrupted. */
  constructor(earlier: Earlier | null = null) {
    if (!earlier) return;
    for (const [key, { test, project }] of earlier.planned) {
      this.#planned.set(key, { test, project, earlier: true });
      if (!isDone(earlier, key)) continue;
      const kind = earlier.verdicts.get(key)!;
      this.#count(key, kind, earlier.leaked.has(key));
      if (earlier.retried.has(key) && !isFailure(kind)) this.flaky++;
    }
  }

  get planned(): number {
    return this.#planned.size;
  }

  get totals(): Pick<RunSummary, 'planned' | 'counts' | 'leaked' | 'flaky'> {
    return { planned: this.planned, counts: this.counts, leaked: this.leaked, flaky: this.flaky };
  }

  has(key: TestKey): boolean {
    return this.#planned.has(key);
  }

  /** Planned before the interruption, and neither planned nor told of since. */
  awaits(key: TestKey): boolean {
    return this.#planned.get(key)?.earlier === true && !this.#recorded.has(key);
  }

  plan(tests: readonly TestInfo[], project: string): void {
    for (const test of tests) this.#planned.set(test.key, { test, project, earlier: false });
  }

  /** Throws on a second record of a test: a fault of ours that must not pass for a result. */
  count({ test, verdict, attributes }: TestRecord): void {
    if (this.#recorded.has(test.key)) throw new Error(`a second verdict for ${test.titlePath.join(' › ')}`);
    const has = (kind: Attribute['kind']) => attributes.some(attribute => attribute.kind === kind);
    this.#count(test.key, verdict.kind, has('leaked-processes'));
    if (isFailure(verdict.kind)) this.failures++;
    else if (has('retried')) this.flaky++;
  }

  /** Another record stands in the place of one that was counted. */
  withdraw(record: TestRecord, told: TestRecord): void {
    this.unkept++;
    this.#recorded.delete(record.test.key);
    this.counts[record.verdict.kind] = (this.counts[record.verdict.kind] ?? 1) - 1;
    if (this.counts[record.verdict.kind] === 0) delete this.counts[record.verdict.kind];
    const had = (kind: Attribute['kind']) => record.attributes.some(attribute => attribute.kind === kind);
    if (had('leaked-processes')) this.leaked--;
    if (isFailure(record.verdict.kind)) this.failures--;
    else if (had('retried')) this.flaky--;
    this.count(told);
  }

  /** Planned and without a verdict. */
  missing(): Planned[] {
    return [...this.#planned.values()].filter(({ test }) => !this.#recorded.has(test.key));
  }

  #count(key: TestKey, kind: VerdictKind, leaked: boolean): void {
    this.#recorded.add(key);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (leaked) this.leaked++;
  }
}
