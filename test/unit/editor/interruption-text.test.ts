import assert from 'node:assert/strict';
import { interruptionText } from '../../../src/editor/interruption-text.ts';
import type { PastRun } from '../../../src/protocol/history.ts';

describe('what is said of an interrupted run', () => {
  it('counts what has no result', () => {
    assert.equal(said(40, 28), 'Bulkhead: the run of noon was interrupted: 12 of 40 tests have no result.');
    assert.equal(said(1, 0), 'Bulkhead: the run of noon was interrupted: 1 of 1 test has no result.');
    assert.equal(
      said(200_000, 1),
      'Bulkhead: the run of noon was interrupted: 199,999 of 200,000 tests have no result.',
    );
  });

  it('does not call complete what only had no more planned by then', () => {
    assert.match(said(3, 3), /all 3 tests that it had planned have a result, but/);
  });

  it('says so when nothing was planned', () => {
    assert.equal(said(0, 0), 'Bulkhead: the run of noon was interrupted before its first test.');
  });
});

function said(planned: number, recorded: number): string {
  const run = {
    run: 'r',
    state: 'interrupted',
    startedAt: 0,
    durationMs: 0,
    counts: {},
    leaked: 0,
    flaky: 0,
    memoryBudgetBytes: null,
    resumed: 0,
    missing: 0,
  } as const;
  return interruptionText({ ...run, planned, recorded, journal: '' } satisfies PastRun, 'noon');
}
