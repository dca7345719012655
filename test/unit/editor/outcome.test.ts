import assert from 'node:assert/strict';
import { outcomeOf } from '../../../src/editor/outcome.ts';
import { isFailure, verdictKinds } from '../../../src/protocol/verdict.ts';

describe('outcome in the Test Explorer', () => {
  it('is red exactly for the verdicts that make a run fail', () => {
    for (const kind of verdictKinds) {
      assert.equal(['failed', 'errored'].includes(outcomeOf(kind)), isFailure(kind), kind);
    }
  });

  it('is an error, not a failure, when the test itself had no say', () => {
    assert.deepEqual(
      verdictKinds.filter(kind => outcomeOf(kind) === 'errored'),
      ['error', 'lost'],
    );
  });
});
