import type { LimitSettings } from '../config/settings.ts';
import { isFailure, type TestRecord, type Verdict } from '../protocol/verdict.ts';
import type { UnitEvidence } from './evidence.ts';
import type { Attempt } from './run-parts.ts';

type Settings = Required<LimitSettings>;

/** Why what a test came to may not be its own: memory ran short around it, or its neighbours in the cage may be to blame. */
export type Doubt = 'shortage' | 'neighbours';

/** What an attempt leaves open of its tests. */
export class Doubts {
  readonly #evidence: UnitEvidence | null;
  readonly #unsure: ReadonlySet<TestRecord>;

  constructor({ records, evidence, between }: Attempt, isolation: Settings['isolation']) {
    this.#evidence = evidence;
    const ofBetween = records.filter(({ test, verdict }) => test === between && isFailure(verdict.kind));
    const ofCage = isolation === 'adaptive' && evidence ? suspects(records, evidence) : [];
    this.#unsure = new Set([...ofCage, ...ofBetween]);
  }

  /** Null: there is none. */
  of(record: TestRecord): Doubt | null {
    if (endedForShortage(record, this.#evidence)) return 'shortage';
    return this.#unsure.has(record) ? 'neighbours' : null;
  }
}

export interface OneMoreAttempt {
  readonly settings: Settings;
  /** Nothing more is to be begun, and what was cut short says nothing. */
  readonly stopped: () => boolean;
  /** Null: this time the test was not there. */
  readonly attempt: (settings: Settings) => Promise<TestRecord | null>;
}

/** The one more attempt that a doubt is worth counts instead, with the verdict before it on record. */
export async function resolved(
  record: TestRecord,
  doubt: Doubt | null,
  { settings, stopped, attempt }: OneMoreAttempt,
): Promise<TestRecord> {
  switch (doubt) {
    case null:
      return record;
    case 'shortage': {
      const next = await attempt({ ...settings, weight: 0 });
      return next && !stopped() ? ranAfterShortage(next, record.verdict) : record;
    }
    case 'neighbours': {
      const next = await attempt(settings);
      return next && !stopped() ? ranAlone(next, record.verdict) : record;
    }
  }
}

/**
 * The tests of a shared cage whose verdict may be another's fault: what failed, and all of them where the cage left something
 * behind or did not end in order, for that is nobody's for certain.
 */
function suspects(records: readonly TestRecord[], evidence: UnitEvidence): readonly TestRecord[] {
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
function endedForShortage({ verdict }: TestRecord, evidence: UnitEvidence | null): boolean {
  return evidence?.stop?.kind === 'shortage' && verdict.kind === 'out-of-memory' && verdict.cause === 'host';
}

function ranAfterShortage(record: TestRecord, before: Verdict): TestRecord {
  return { ...record, attributes: [...record.attributes, { kind: 'run-after-shortage', before }] };
}

/** What it came to beside others does not count any more, and is not hidden. */
function ranAlone(record: TestRecord, before: Verdict): TestRecord {
  return { ...record, attributes: [...record.attributes, { kind: 'run-alone', before }] };
}
