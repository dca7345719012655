import assert from 'node:assert/strict';
import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults, type LeakPolicy } from '../../../src/config/settings.ts';
import { recordOf } from '../../../src/engine/record.ts';
import type { TestOutcome, Unit, UnitOutcome } from '../../../src/engine/unit.ts';
import type { Throttled } from '../../../src/protocol/limits.ts';
import type { Timeline } from '../../../src/protocol/timeline.ts';
import { cleanUnit, passed } from './evidence.ts';

/** A test that passed, in a cage of one second. */
function recordWith(
  evidence: Partial<UnitOutcome['evidence']>,
  test: Partial<TestOutcome> = {},
  leaks: LeakPolicy = 'warn',
) {
  const identity = { framework: 'script', file: '/w/a.sh', titlePath: ['a'], ordinal: 0 };
  const outcome: TestOutcome = {
    test: { ...identity, key: 'a' },
    evidence: passed,
    startedAt: 0,
    durationMs: 900,
    slow: false,
    ...test,
  };
  const unit = { project: { id: 'script' }, framework: { reporting: 'events' }, limits: limitsOf(defaults) };
  const told: UnitOutcome = {
    evidence: { ...cleanUnit, wallMs: 1000, ...evidence },
    tests: [outcome],
    output: { text: '', droppedBytes: 0 },
  };
  const context = { mechanism: 'cgroup2', leaks, settings: defaults } as const;
  return recordOf(unit as unknown as Unit, told, outcome, context);
}

describe('the record of a test', () => {
  it('tells of a CPU quota that took a good part of its life', () => {
    const kinds = (throttled: Throttled) => recordWith({ throttled }).attributes.map(({ kind }) => kind);
    assert.deepEqual(kinds({ times: 3, ms: 300 }), ['throttled']);
    assert.deepEqual(kinds({ times: 3, ms: 30 }), []);
    assert.deepEqual(kinds({ times: 0, ms: 0 }), []);
  });

  it('has what a test left in its process, which fails nothing, and not where nobody wants to know of leaks', () => {
    const what = Array.from({ length: 60 }, (_, index) => `V${index}`);
    const evidence = { ...passed, leaks: [{ leak: 'changed-environment', what }] } as const;
    const { verdict, attributes } = recordWith({}, { evidence }, 'fail');
    assert.equal(verdict.kind, 'passed');
    assert.deepEqual(attributes, [
      { kind: 'left-behind', leak: 'changed-environment', what: what.slice(0, 50), total: 60 },
    ]);
    assert.deepEqual(recordWith({}, { evidence }, 'ignore').attributes, []);
  });

  it('tells by which measure it was slow', () => {
    assert.deepEqual(recordWith({}, { slow: true }).attributes, [{ kind: 'slow', thresholdMs: 10_000 }]);
  });

  it('has the course of its cage, and of a cage that it shared the part in which it ran', () => {
    const timeline: Timeline = {
      version: 1,
      startedAt: 10_000,
      stepMs: 500,
      memoryKiB: [1, 2, 3, 4, 5, 6, 7, 8],
      processes: [1, 1, 1, 1, 2, 2, 2, 2],
      cpuMs: [],
    };
    assert.deepEqual(recordWith({ timeline }).timeline, timeline);
    assert.equal('timeline' in recordWith({}), false);
    const shared = (startedAt: number | null, durationMs: number) =>
      recordWith({ timeline, shared: true }, { startedAt, durationMs }).timeline;
    assert.deepEqual(shared(11_100, 2_000), {
      ...timeline,
      startedAt: 11_000,
      memoryKiB: [3, 4, 5, 6, 7],
      processes: [1, 1, 2, 2, 2],
    });
    assert.equal(shared(11_100, 20), undefined);
    assert.equal(shared(null, 5_000), undefined);
  });
});
