import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../../../src/protocol/verdict.ts';
import { changesOf, type Outcome } from '../../../src/store/comparison.ts';
import { Store } from '../../../src/store/store.ts';
import { pastRun, recordOf } from './past.ts';

const mebibyte = 1024 ** 2;

describe('what changed in a test', () => {
  const passed: Outcome = { verdict: 'passed', durationMs: 1000, peakMemoryBytes: 100 * mebibyte };
  const failed: Outcome = { ...passed, verdict: 'failed' };

  it('is that it fails now, or fails no more, whatever it took', () => {
    assert.deepEqual(changesOf(passed, { ...failed, durationMs: 90_000 }), ['newly-failed']);
    assert.deepEqual(changesOf(failed, passed), ['fixed']);
    assert.deepEqual(changesOf({ ...failed, verdict: 'out-of-memory' }, failed), []);
    assert.deepEqual(changesOf({ ...passed, verdict: 'known-failure' }, passed), []);
  });

  it('is more time or memory only where it is much, as a share and by itself', () => {
    assert.deepEqual(changesOf(passed, { ...passed, durationMs: 1500 }), ['slower']);
    assert.deepEqual(changesOf(passed, { ...passed, durationMs: 1499 }), []);
    assert.deepEqual(changesOf({ ...passed, durationMs: 10 }, { ...passed, durationMs: 200 }), []);
    assert.deepEqual(changesOf(passed, { ...passed, peakMemoryBytes: 125 * mebibyte }), ['more-memory']);
    assert.deepEqual(changesOf(passed, { ...passed, peakMemoryBytes: 115 * mebibyte }), []);
    const small = { ...passed, peakMemoryBytes: 10 * mebibyte };
    assert.deepEqual(changesOf(small, { ...small, peakMemoryBytes: 20 * mebibyte }), []);
    const both = { ...passed, durationMs: 5000, peakMemoryBytes: 300 * mebibyte };
    assert.deepEqual(changesOf(passed, both), ['slower', 'more-memory']);
  });

  it('is nothing where it was not measured', () => {
    assert.deepEqual(changesOf({ ...passed, durationMs: null }, { ...passed, durationMs: 90_000 }), []);
    assert.deepEqual(changesOf(passed, { ...passed, peakMemoryBytes: null }), []);
  });
});

describe('a run beside the one before', () => {
  let storage: string;
  let store: Store;
  const nothing = {
    'newly-failed': [],
    fixed: [],
    new: [],
    slower: [],
    'more-memory': [],
    gone: { total: 0, tests: [] },
  };

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-comparison-'));
    store = Store.open(storage, ({ message }) => assert.fail(message))!;
  });
  afterEach(() => {
    store.close();
    rmSync(storage, { recursive: true, force: true });
  });

  const run = (name: string, ...verdicts: Verdict['kind'][]) =>
    pastRun(storage, name, { planned: verdicts.length, verdicts });

  it('tells what newly failed, was fixed and is new', () => {
    run('first', 'passed', 'failed', 'passed', 'failed');
    run('second', 'failed', 'passed', 'passed', 'timed-out', 'passed');
    const comparison = store.comparison({ run: 'second' });
    assert.deepEqual(comparison, { ...nothing, 'newly-failed': ['key-0'], fixed: ['key-1'], new: ['key-4'] });
  });

  it('tells nothing of a first run, nor of one whose tests the history hardly knows', () => {
    run('first', 'passed');
    assert.deepEqual(store.comparison({ run: 'first' }), nothing);
    run('second', 'failed', 'passed', 'passed', 'passed');
    assert.deepEqual(store.comparison({ run: 'second' }), { ...nothing, 'newly-failed': ['key-0'] });
  });

  it('looks past runs in which a test had no verdict of its own', () => {
    run('first', 'failed', 'passed');
    run('second', 'cancelled', 'not-run');
    run('third', 'skipped');
    run('fourth', 'passed', 'crashed');
    const comparison = store.comparison({ run: 'fourth' });
    assert.deepEqual(comparison, { ...nothing, 'newly-failed': ['key-1'], fixed: ['key-0'] });
  });

  it('compares with what was before, not with what came after', () => {
    run('first', 'passed');
    run('second', 'failed');
    run('third', 'passed');
    assert.deepEqual(store.comparison({ run: 'second' }), { ...nothing, 'newly-failed': ['key-0'] });
    assert.deepEqual(store.comparison({ run: 'third' }), { ...nothing, fixed: ['key-0'] });
  });

  it('tells what took more time', () => {
    run('first', 'passed');
    const second = pastRun(storage, 'second', { planned: 1, verdicts: [], ended: false });
    second.write({ entry: 'record', record: recordOf(0, { kind: 'passed' }, { durationMs: 4000 }) });
    second.close();
    assert.deepEqual(store.comparison({ run: 'second' }), { ...nothing, slower: ['key-0'] });
  });
});
