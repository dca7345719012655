import type { VerdictKind } from '../protocol/verdict.ts';

export function verdictLabel(kind: VerdictKind): string {
  switch (kind) {
    case 'passed':
      return 'Passed';
    case 'failed':
      return 'Failed';
    case 'skipped':
      return 'Skipped';
    case 'expected-failure':
      return 'Failed as expected';
    case 'unexpected-pass':
      return 'Passed unexpectedly';
    case 'error':
      return 'Error';
    case 'timed-out':
      return 'Timed out';
    case 'out-of-memory':
      return 'Out of memory';
    case 'limit-reached':
      return 'Limit reached';
    case 'crashed':
      return 'Crashed';
    case 'killed-outside':
      return 'Killed from outside';
    case 'exited-early':
      return 'Exited early';
    case 'cancelled':
      return 'Cancelled';
    case 'not-run':
      return 'Not run';
    case 'known-failure':
      return 'Known failure';
    case 'lost':
      return 'Lost';
  }
}
