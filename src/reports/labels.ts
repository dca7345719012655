import type { VerdictKind } from '../protocol/verdict.ts';

const labels: Readonly<Record<VerdictKind, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  skipped: 'Skipped',
  'expected-failure': 'Failed as expected',
  'unexpected-pass': 'Passed unexpectedly',
  error: 'Error',
  'timed-out': 'Timed out',
  'out-of-memory': 'Out of memory',
  'limit-reached': 'Limit reached',
  crashed: 'Crashed',
  'killed-outside': 'Killed from outside',
  'exited-early': 'Exited early',
  cancelled: 'Cancelled',
  'not-run': 'Not run',
  'known-failure': 'Known failure',
  lost: 'Lost',
};

export function verdictLabel(kind: VerdictKind): string {
  return labels[kind];
}
