import assert from 'node:assert/strict';
import { markOf, pastResultOf, resultOf } from '../../../src/editor/marks.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { recordOf } from './records.ts';

const usage = { peakMemoryBytes: 20 * 1024 ** 2, cpuMs: 1, maxProcesses: 1, shared: false };

function mark(changes: Partial<TestRecord>, durationTold = false) {
  return markOf(resultOf(recordOf('a', { usage, ...changes })), durationTold);
}

describe('what stands behind the label of a test', () => {
  it('is how long it took and what it used at most', () => {
    assert.deepEqual(mark({}), { description: '5 ms · 20 MiB', tags: [] });
  });

  it('leaves the duration to VS Code where that was told', () => {
    assert.equal(mark({}, true)?.description, '20 MiB');
  });

  it('says nothing of memory that several tests used together', () => {
    assert.equal(mark({ usage: { ...usage, shared: true } })?.description, '5 ms');
  });

  it('names what the filter finds it by', () => {
    const tags = (changes: Partial<TestRecord>) => mark(changes)?.tags;
    const capBytes = 128 * 1024 ** 2;
    assert.deepEqual(tags({ verdict: { kind: 'out-of-memory', cause: 'kernel', capBytes, peakBytes: null } }), ['oom']);
    assert.deepEqual(tags({ verdict: { kind: 'timed-out', limit: 'test', limitMs: 1 }, durationMs: 999 }), ['timeout']);
    for (const verdict of [
      { kind: 'crashed', signal: 'SIGSEGV' },
      { kind: 'exited-early', code: 0 },
      { kind: 'killed-outside', signal: 'SIGKILL' },
    ] as const) {
      assert.deepEqual(tags({ verdict }), ['crash']);
    }
    assert.deepEqual(tags({ attributes: [{ kind: 'leaked-processes', processes: [], total: 1 }] }), ['leak']);
    assert.deepEqual(tags({ attributes: [{ kind: 'retried', earlier: [{ kind: 'failed' }] }] }), ['flaky']);
    assert.deepEqual(tags({ durationMs: 1_000 }), ['slow']);
    assert.deepEqual(tags({ durationMs: 200, attributes: [{ kind: 'slow', thresholdMs: 100 }] }), ['slow']);
    assert.deepEqual(tags({ verdict: { kind: 'failed' }, attributes: [{ kind: 'retried', earlier: [] }] }), []);
    assert.equal(
      mark({ durationMs: 1_500, attributes: [{ kind: 'leaked-pipe' }] })?.description,
      '1.5 s · 20 MiB · leak · slow',
    );
  });

  it('stays as it was for a test that did not run', () => {
    for (const verdict of [{ kind: 'cancelled' }, { kind: 'lost' }, { kind: 'not-run', because: '' }] as const) {
      assert.equal(mark({ verdict }), null);
    }
  });

  it('is the same from the history', () => {
    const past = { run: 'r', runStartedAt: 0, startedAt: 0, cpuMs: 1, key: 'a', durationMs: 5, peakMemoryBytes: 2048 };
    const last = { ...past, verdict: 'passed', attempts: 2, leaked: true } as const;
    assert.deepEqual(markOf(pastResultOf(last), true), {
      description: '2 KiB · leak · flaky',
      tags: ['leak', 'flaky'],
    });
  });
});
