import assert from 'node:assert/strict';
import { cageText, fullyEnforced } from '../../../src/reports/wording.ts';
import { strongCage, weakCage } from './samples.ts';

describe('the words for a cage', () => {
  it('say of each property whether it is enforced, watched or not there, and why no stronger one was taken', () => {
    assert.deepEqual(cageText(weakCage), [
      'Cage: process group',
      'Memory cap: watched, looked at every 50 ms',
      'Process limit: enforced by the kernel',
      'Clean-up: enforced by the kernel',
      'Peak memory: enforced by the kernel',
      'CPU time: not available here, because nothing counts it',
      'Not cgroup v2, because it is not writable',
    ]);
  });

  it('are needed unless everything is enforced', () => {
    assert.equal(fullyEnforced(strongCage), true);
    assert.equal(fullyEnforced(weakCage), false);
  });
});
