import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { LastVerdict } from '../protocol/history.ts';
import type { TestRecord, VerdictKind } from '../protocol/verdict.ts';

/** What the filter of the Test Explorer knows as `@bulkhead:oom`. */
export const resultTags = ['oom', 'timeout', 'crash', 'leak', 'flaky', 'slow'] as const;
export type ResultTag = (typeof resultTags)[number];

export const slowMs = 1_000;

/** What stands behind the label of a test, and by which tags it is found. */
export interface Mark {
  readonly description: string;
  readonly tags: readonly ResultTag[];
}

export interface Result {
  readonly verdict: VerdictKind;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly leaked: boolean;
  readonly flaky: boolean;
  /** By the setting; what has taken long enough to be worth a look is tagged in any case. */
  readonly slow: boolean;
}

/** Null: the test did not run, so what is known of it stays. VS Code shows a duration that it was told by itself. */
export function markOf(result: Result, durationTold: boolean): Mark | null {
  if (!hasRun(result.verdict)) return null;
  const { durationMs, peakMemoryBytes } = result;
  const tags = tagsOf(result);
  const numbers = [
    ...(durationMs === null || durationTold ? [] : [formatDuration(durationMs)]),
    ...(peakMemoryBytes === null ? [] : [formatBytes(peakMemoryBytes)]),
  ];
  return { description: [...numbers, ...tags].join(' · '), tags };
}

export function resultOf({ verdict, durationMs, usage, attributes }: TestRecord): Result {
  const has = (kind: string) => attributes.some(attribute => attribute.kind === kind);
  return {
    verdict: verdict.kind,
    durationMs,
    peakMemoryBytes: usage.shared ? null : usage.peakMemoryBytes,
    leaked: has('leaked-processes') || has('leaked-pipe'),
    flaky: verdict.kind === 'passed' && has('retried'),
    slow: has('slow'),
  };
}

export function pastResultOf({ verdict, durationMs, peakMemoryBytes, leaked, attempts }: LastVerdict): Result {
  return { verdict, durationMs, peakMemoryBytes, leaked, flaky: verdict === 'passed' && attempts > 1, slow: false };
}

function tagsOf({ verdict, durationMs, leaked, flaky, slow }: Result): ResultTag[] {
  const own = verdictTag(verdict);
  return [
    ...(own === null ? [] : [own]),
    ...(leaked ? (['leak'] as const) : []),
    ...(flaky ? (['flaky'] as const) : []),
    ...(slow || (durationMs !== null && durationMs >= slowMs) ? (['slow'] as const) : []),
  ];
}

function verdictTag(verdict: VerdictKind): ResultTag | null {
  switch (verdict) {
    case 'out-of-memory':
      return 'oom';
    case 'timed-out':
      return 'timeout';
    case 'crashed':
    case 'killed-outside':
    case 'exited-early':
      return 'crash';
    default:
      return null;
  }
}

function hasRun(verdict: VerdictKind): boolean {
  return verdict !== 'cancelled' && verdict !== 'not-run' && verdict !== 'lost';
}
