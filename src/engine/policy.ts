import { isFailure, type TestRecord, type Verdict } from '../protocol/verdict.ts';
import type { UnitEvidence } from './evidence.ts';

/** Whether another attempt may come to something else: not where the run itself, the machine or the set-up refused. */
export function mayRetry(verdict: Verdict): boolean {
  if (!isFailure(verdict.kind)) return false;
  switch (verdict.kind) {
    case 'timed-out':
      return verdict.limit !== 'run';
    case 'error':
      return !['spawn', 'selection', 'refused'].includes(verdict.phase);
    case 'lost':
      return false;
    default:
      return true;
  }
}

/** Doubled each time; a minute at most. */
export function backOffMs(firstMs: number, retry: number): number {
  return Math.min(60_000, firstMs * 2 ** (retry - 1));
}

/**
 * The tests of a shared cage whose verdict may be another's fault: what failed, and all of them where the cage left something
 * behind or did not end in order, for that is nobody's for certain.
 */
export function suspects(records: readonly TestRecord[], evidence: UnitEvidence): readonly TestRecord[] {
  if (!evidence.shared) return [];
  const { leftovers, survivors, leakedPipe, exit, stop, saidBye, expectedCode } = evidence;
  const clean = stop === null && saidBye && exit?.code === expectedCode;
  const left = leftovers.length > 0 || survivors.length > 0 || leakedPipe;
  // A test that had not ended is why the process did not end in order, so that the others are above suspicion.
  const explained = records.some(
    ({ verdict }) => isFailure(verdict.kind) && verdict.kind !== 'failed' && verdict.kind !== 'error',
  );
  if (left || (!clean && !explained)) return records.filter(({ verdict }) => verdict.kind !== 'skipped');
  return records.filter(({ verdict }) => isFailure(verdict.kind));
}

/** The watch ended its cage for what ran short around it, which says nothing of the test. */
export function endedForShortage({ verdict }: TestRecord, evidence: UnitEvidence | null): boolean {
  return evidence?.stop?.kind === 'shortage' && verdict.kind === 'out-of-memory' && verdict.cause === 'host';
}

export function ranAfterShortage(record: TestRecord, before: Verdict): TestRecord {
  return { ...record, attributes: [...record.attributes, { kind: 'run-after-shortage', before }] };
}

/** What it came to beside others does not count any more, and is not hidden. */
export function ranAlone(record: TestRecord, before: Verdict): TestRecord {
  return { ...record, attributes: [...record.attributes, { kind: 'run-alone', before }] };
}
