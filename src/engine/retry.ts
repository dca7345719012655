import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure, type TestRecord, type Verdict } from '../protocol/verdict.ts';

/** Between two looks, in a pause, at whether the run is over. */
const lookMs = 100;

export interface RetryPlan {
  readonly retries: number;
  readonly delayMs: number;
  /** Nothing more is to be begun. */
  readonly stopped: () => boolean;
  readonly attempt: () => Promise<TestRecord | null>;
}

/** Tries a test that failed again until it does not, or its retries are used up. What came before stays on record. */
export async function retried(
  first: TestRecord,
  { retries, delayMs, stopped, attempt }: RetryPlan,
): Promise<TestRecord> {
  const earlier: Verdict[] = [];
  let record = first;
  for (let retry = 1; retry <= retries && mayRetry(record.verdict) && !stopped(); retry++) {
    await pauseFor(backOffMs(delayMs, retry), stopped);
    const next = stopped() ? null : await attempt();
    // An attempt that the end of the run cut short says nothing of the test.
    if (!next || stopped()) break;
    earlier.push(record.verdict);
    record = next;
  }
  if (earlier.length === 0) return record;
  return { ...record, attributes: [...record.attributes, { kind: 'retried', earlier }] };
}

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

/** The end of the run does not wait for it, whatever ends that. */
async function pauseFor(ms: number, stopped: () => boolean): Promise<void> {
  const end = performance.now() + ms;
  for (let left = ms; left > 0 && !stopped(); left = end - performance.now()) await sleep(Math.min(left, lookMs));
}

/** Doubled each time; a minute at most. */
function backOffMs(firstMs: number, retry: number): number {
  return Math.min(60_000, firstMs * 2 ** (retry - 1));
}
