import type { TestKey } from '../protocol/tests.ts';
import { type TestRecord, type VerdictKind, verdictKinds } from '../protocol/verdict.ts';

/** What the database has of a record, in the order of its columns. */
export type Brief = readonly [
  key: TestKey,
  verdict: VerdictKind,
  startedAt: number | null,
  durationMs: number | null,
  peakMemoryBytes: number | null,
  cpuMs: number | null,
  attempts: number,
  leaked: 0 | 1,
];

export function briefOf({ test, verdict, startedAt, durationMs, usage, attributes }: TestRecord): Brief {
  let attempts = 1;
  let leaked: 0 | 1 = 0;
  for (const attribute of attributes) {
    if (attribute.kind === 'retried') attempts += attribute.earlier.length;
    else if (attribute.kind === 'leaked-processes') leaked = 1;
  }
  return [test.key, verdict.kind, startedAt, durationMs, usage.peakMemoryBytes, usage.cpuMs, attempts, leaked];
}

const kinds = new Set<unknown>(verdictKinds);

export function isBrief(value: unknown): value is Brief {
  if (!Array.isArray(value) || value.length !== 8 || typeof value[0] !== 'string' || !kinds.has(value[1])) return false;
  for (let column = 2; column < 8; column++) {
    if (value[column] !== null && typeof value[column] !== 'number') return false;
  }
  return true;
}
