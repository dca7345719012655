/**
 * A cage looked at while it lived, in steps of equal length: in each the most memory and the most processes that were seen, and the
 * CPU time it took. As in `Usage`, these are the numbers of all tests of a cage together.
 */
export interface Timeline {
  /** Raised when an older reader would misread it. */
  readonly version: 1;
  /** When the first step began. */
  readonly startedAt: number;
  readonly stepMs: number;
  readonly memoryKiB: readonly number[];
  readonly processes: readonly number[];
  /** Empty where nobody measures it. */
  readonly cpuMs: readonly number[];
}

/** A long test has longer steps, not more of them. */
export const mostSteps = 120;

/** Checks what was read from a journal, which lies where a test can write too. */
export function isTimeline(value: unknown): value is Timeline {
  if (typeof value !== 'object' || value === null) return false;
  const { version, startedAt, stepMs, memoryKiB, processes, cpuMs } = value as Record<string, unknown>;
  if (version !== 1 || !isAmount(startedAt) || !isAmount(stepMs) || stepMs === 0) return false;
  if (!isSeries(memoryKiB) || !isSeries(processes) || !isSeries(cpuMs)) return false;
  const steps = memoryKiB.length;
  return (
    steps > 0 && steps <= mostSteps && processes.length === steps && (cpuMs.length === steps || cpuMs.length === 0)
  );
}

function isSeries(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isAmount);
}

function isAmount(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
