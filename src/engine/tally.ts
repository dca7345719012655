import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { TestRecord, VerdictKind } from '../protocol/verdict.ts';

/** Planned = the sum of verdicts: kept as an account, so that a missing or a double one shows. */
export class Tally {
  readonly #planned = new Map<TestKey, { readonly test: TestInfo; readonly project: string }>();
  readonly #recorded = new Set<TestKey>();
  readonly counts: Partial<Record<VerdictKind, number>> = {};
  leaked = 0;

  get planned(): number {
    return this.#planned.size;
  }

  has(key: TestKey): boolean {
    return this.#planned.has(key);
  }

  plan(tests: readonly TestInfo[], project: string): void {
    for (const test of tests) this.#planned.set(test.key, { test, project });
  }

  /** Throws on a second record of a test: a fault of ours that must not pass for a result. */
  count(record: TestRecord): void {
    if (this.#recorded.has(record.test.key))
      throw new Error(`a second verdict for ${record.test.titlePath.join(' › ')}`);
    this.#recorded.add(record.test.key);
    this.counts[record.verdict.kind] = (this.counts[record.verdict.kind] ?? 0) + 1;
    if (record.attributes.some(attribute => attribute.kind === 'leaked-processes')) this.leaked++;
  }

  /** Planned and without a verdict. */
  missing(): { readonly test: TestInfo; readonly project: string }[] {
    return [...this.#planned.values()].filter(({ test }) => !this.#recorded.has(test.key));
  }
}
