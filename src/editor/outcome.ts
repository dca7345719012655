import type { VerdictKind } from '../protocol/verdict.ts';

export type Outcome = 'passed' | 'failed' | 'errored' | 'skipped';

/** Which of VS Code's four outcomes a verdict is: errored means that the test could not be run to its end by its runner. */
export function outcomeOf(kind: VerdictKind): Outcome {
  switch (kind) {
    case 'passed':
    case 'unexpected-pass':
      return 'passed';
    case 'failed':
    case 'timed-out':
    case 'out-of-memory':
    case 'limit-reached':
    case 'crashed':
    case 'killed-outside':
    case 'exited-early':
      return 'failed';
    case 'error':
    case 'lost':
      return 'errored';
    case 'skipped':
    case 'expected-failure':
    case 'cancelled':
    case 'not-run':
    case 'known-failure':
      return 'skipped';
  }
}
