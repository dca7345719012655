import assert from 'node:assert/strict';
import { propertiesOf, powersOf } from '../../../../src/cages/windows/job-object.ts';
import { findingsOf } from '../../../../src/cages/windows/trial.ts';
import type { Counters, LeaderEnd } from '../../../../src/cages/cage.ts';

const MiB = 1024 ** 2;
const counters: Counters = {
  peakMemoryBytes: 120 * MiB,
  cpuMs: 90,
  oomKills: null,
  refusedMemory: 1,
  refusedProcesses: 1,
};
const ended = (code: number | null, signal: NodeJS.Signals | null = null): LeaderEnd => ({
  kind: 'ended',
  code,
  signal,
});

describe('the trial of a job object', () => {
  it('believes what was refused, and what the kernel wrote down', () => {
    const all = { memory: true, processes: true, peak: true, cpu: true };
    assert.deepEqual(findingsOf({ end: ended(8 | 1 | 2), counters }), all);
  });

  it('believes no cap that was passed, or that nothing was refused under', () => {
    assert.equal(findingsOf({ end: ended(8 | 1 | 4), counters }).memory, false, 'it had it all');
    const over = { ...counters, peakMemoryBytes: 200 * MiB };
    assert.equal(findingsOf({ end: ended(8 | 1 | 2), counters: over }).memory, false, 'its peak was above the cap');
    const silent = { ...counters, refusedMemory: 0 };
    assert.equal(findingsOf({ end: ended(8), counters: silent }).memory, false, 'nothing was refused');
    assert.equal(
      findingsOf({ end: ended(null, 'SIGSEGV'), counters: silent }).memory,
      false,
      'it died of something else',
    );
  });

  it('believes a runtime that died of the refusal', () => {
    assert.equal(findingsOf({ end: ended(134), counters }).memory, true);
  });

  it('believes no limit on processes without the kernel’s note', () => {
    const silent = { ...counters, refusedProcesses: 0 };
    assert.equal(findingsOf({ end: ended(8 | 1 | 2), counters: silent }).processes, false);
  });

  it('calls what was not shown unavailable, and leaves it out of what can be limited', () => {
    const properties = propertiesOf({ memory: false, processes: true, peak: false, cpu: false });
    assert.deepEqual(
      Object.entries(properties).map(([name, { level }]) => `${name} ${level}`),
      ['memory unavailable', 'processes enforced', 'cleanup enforced', 'peak watched', 'cpu unavailable'],
    );
    const powers = powersOf(properties);
    assert.equal(powers.processes, true);
    assert.equal(powers.nice, true);
    for (const limit of ['memory', 'swap', 'openFiles', 'network'] as const)
      assert.notEqual(powers[limit], true, limit);
  });
});
