import assert from 'node:assert/strict';
import { cageLines, statusDetails, statusText, TopMemory } from '../../../src/editor/status-text.ts';
import { panelRecord } from '../../../src/panel/record.ts';
import type { CageStatus } from '../../../src/protocol/messages.ts';
import { recordOf } from './records.ts';
import type { CageDescription } from '../../../src/protocol/limits.ts';

const text = (...args: Parameters<typeof statusText>) => statusText(...args).text;

describe('status bar text', () => {
  it('is the name while nothing has run', () => {
    assert.equal(text({ kind: 'idle' }, 0), '$(beaker) Bulkhead');
  });

  it('shows progress, memory and processes of a run', () => {
    const live = { memoryBytes: 1.2 * 1024 ** 3, processes: 14, cages: 2 };
    const state = { kind: 'running', finished: 37, planned: 412, live } as const;
    assert.equal(text(state, 0), '$(sync~spin) 37/412 · 1.2 GiB · 14 procs');
    assert.equal(statusText(state, 0).spoken, 'Bulkhead: 37 of 412 tests done, 1.2 GiB in 14 processes');
  });

  it('does not count to nothing before the plan is known', () => {
    assert.equal(text({ kind: 'running', finished: 0, planned: 0, live: null }, 0), '$(sync~spin) starting');
  });

  it('shows the result, failures first', () => {
    const ended = (counts: object, planned: number) => text({ kind: 'ended', counts, planned, how: 'done' }, 0);
    assert.equal(ended({ passed: 412 }, 412), '$(pass) 412 passed');
    assert.equal(ended({ passed: 410, skipped: 2 }, 412), '$(pass) 410 passed · 2 skipped');
    assert.equal(ended({ passed: 409, 'out-of-memory': 2, error: 1 }, 412), '$(error) 3 failed of 412');
    assert.equal(ended({}, 0), '$(beaker) no tests ran');
  });

  it('says that a run was stopped and how far it got', () => {
    const stopped = { kind: 'ended', counts: { passed: 10, cancelled: 30 }, planned: 40, how: 'stopped' } as const;
    assert.equal(text(stopped, 0), '$(circle-slash) stopped · 10 of 40 ran');
    const failing = { ...stopped, counts: { ...stopped.counts, failed: 1 } };
    assert.equal(text(failing, 0), '$(error) 1 failed of 40 · stopped');
  });

  it('speaks of nothing else while something could not be killed', () => {
    assert.equal(
      text({ kind: 'ended', counts: { passed: 1 }, planned: 1, how: 'done' }, 1),
      '$(alert) 1 process not killed',
    );
  });
});

describe('status bar details', () => {
  it('say for each property how far it can be trusted', () => {
    const cage: CageDescription = {
      mechanism: 'process-group',
      label: 'process group',
      properties: {
        memory: { level: 'watched', how: 'every 50 ms' },
        processes: { level: 'unavailable', because: 'no cgroup can be written' },
        cleanup: { level: 'enforced', by: 'the kernel' },
        peak: { level: 'watched', how: 'every 50 ms' },
        cpu: { level: 'watched', how: 'every 50 ms' },
      },
      passedOver: [],
    };
    const details = statusDetails({ kind: 'idle' }, { passed: 2, failed: 1 }, cage);
    assert.deepEqual(details, [
      '2 passed, 1 failed',
      'Cage: **process group**',
      '- memory: watched, every 50 ms',
      '- processes: not available here, because no cgroup can be written',
      '- clean-up: enforced by the kernel',
    ]);
  });
});

describe('the card of the status bar', () => {
  const cage = (label: string, memoryBytes: number | null): CageStatus => ({
    label,
    run: 'r',
    test: null,
    name: label,
    mechanism: 'cgroup1',
    memoryBytes,
    memoryCapBytes: 128 * 1024 ** 2,
    processes: [],
    ageMs: 1,
  });

  it('names the living cages that hold the most, with their caps', () => {
    const cages = [1, 6, 3, 2, 5, 4].map(number => cage(`t${number}`, number * 1024 ** 2));
    assert.deepEqual(cageLines(cages).slice(0, 1), ['t6: 6 MiB of 128 MiB, 0 processes']);
    assert.equal(cageLines(cages).at(-1), 'and 1 more');
    assert.deepEqual(cageLines([cage('new', null)]), ['new: 0 processes']);
  });

  it('names the tests that took the most memory, whatever comes first', () => {
    const top = new TopMemory();
    for (const key of [3, 1, 7, 2, 6, 5, 4]) {
      const usage = { peakMemoryBytes: key * 1024 ** 2, cpuMs: 1, maxProcesses: 1, shared: key === 7 };
      top.add(panelRecord(recordOf(`t${key}`, { usage }), { name: 'w', path: '/work' }));
    }
    assert.deepEqual(
      top.lines().map(line => line.split(':')[0]),
      ['t6', 't5', 't4', 't3', 't2'],
    );
    assert.equal(top.lines()[0], 't6: 6 MiB of 128 MiB');
  });
});
