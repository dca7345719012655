import type { PastRun } from '../protocol/history.ts';
import { plural } from '../reports/excerpt.ts';
import { t } from './texts.ts';

/** What a run that was cut short has left to do, in a sentence. */
export function interruptionText({ planned, recorded }: PastRun, when: string): string {
  const left = planned - recorded;
  if (planned === 0) return t('Bulkhead: the run of {0} was interrupted before its first test.', when);
  const all = plural(planned, 'test');
  if (left === 1) return t('Bulkhead: the run of {0} was interrupted: 1 of {1} has no result.', when, all);
  if (left > 0) {
    const count = left.toLocaleString('en-US');
    return t('Bulkhead: the run of {0} was interrupted: {1} of {2} have no result.', when, count, all);
  }
  return t(
    'Bulkhead: the run of {0} was interrupted: all {1} that it had planned have a result, but it was not at its end.',
    when,
    all,
  );
}
