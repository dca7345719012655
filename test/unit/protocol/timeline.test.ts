import assert from 'node:assert/strict';
import { isTimeline, mostSteps, type Timeline } from '../../../src/protocol/timeline.ts';

const whole: Timeline = { version: 1, startedAt: 1, stepMs: 250, memoryKiB: [1, 2], processes: [1, 1], cpuMs: [3, 4] };

describe('a timeline that was read', () => {
  it('is one where it is whole, with CPU time or without', () => {
    assert.ok(isTimeline(whole));
    assert.ok(isTimeline({ ...whole, cpuMs: [] }));
    assert.ok(isTimeline({ ...whole, ofLater: true }));
  });

  it('is none where it is damaged, too long or of another version', () => {
    const long = Array<number>(mostSteps + 1).fill(1);
    const damaged: readonly unknown[] = [
      null,
      'timeline',
      [],
      { ...whole, version: 2 },
      { ...whole, stepMs: 0 },
      { ...whole, startedAt: '1' },
      { ...whole, memoryKiB: [1] },
      { ...whole, memoryKiB: [1, null] },
      { ...whole, memoryKiB: [1, -2] },
      { ...whole, processes: '11' },
      { ...whole, cpuMs: [3] },
      { ...whole, memoryKiB: [], processes: [], cpuMs: [] },
      { ...whole, memoryKiB: long, processes: long, cpuMs: [] },
    ];
    for (const value of damaged) assert.equal(isTimeline(value), false, JSON.stringify(value));
  });
});
