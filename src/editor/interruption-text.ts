import type { PastRun } from '../protocol/history.ts';
import { plural } from '../reports/excerpt.ts';

/** What a run that was cut short has left to do, in a sentence. */
export function interruptionText({ planned, recorded }: PastRun, when: string): string {
  const cut = `Bulkhead: the run of ${when} was interrupted`;
  const left = planned - recorded;
  if (planned === 0) return `${cut} before its first test.`;
  const have = left === 1 ? 'has' : 'have';
  if (left > 0) return `${cut}: ${left.toLocaleString('en-US')} of ${plural(planned, 'test')} ${have} no result.`;
  return `${cut}: all ${plural(planned, 'test')} that it had planned have a result, but it was not at its end.`;
}
