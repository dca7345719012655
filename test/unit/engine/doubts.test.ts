import assert from 'node:assert/strict';
import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';
import { Doubts, resolved } from '../../../src/engine/doubts.ts';
import type { UnitEvidence } from '../../../src/engine/evidence.ts';
import type { TestRecord, Verdict } from '../../../src/protocol/verdict.ts';
import { cleanUnit, killed } from './evidence.ts';

function record(title: string, verdict: Verdict): TestRecord {
  const test = { framework: 'script', file: '/w/a', titlePath: [title], ordinal: 0, key: title };
  const usage = { peakMemoryBytes: null, cpuMs: null, maxProcesses: null, shared: true };
  const nothing = {
    attributes: [],
    messages: [],
    why: [],
    startedAt: 0,
    durationMs: 1,
    output: { text: '', droppedBytes: 0 },
  };
  return { ...nothing, test, project: 'p', verdict, usage, limits: limitsOf(defaults), cage: 'cgroup2' };
}

const good = record('good', { kind: 'passed' });
const bad = record('bad', { kind: 'failed' });
const left = record('left out', { kind: 'skipped' });
const memory = { kind: 'out-of-memory', capBytes: null, peakBytes: null } as const;
const short = record('short', { ...memory, cause: 'host' });
const capped = record('capped', { ...memory, cause: 'kernel' });

function doubts(
  records: readonly TestRecord[],
  change: Partial<UnitEvidence>,
  isolation: 'file' | 'adaptive',
  between = false,
) {
  const evidence: UnitEvidence = { ...cleanUnit, shared: true, ...change };
  const attempt = { records, evidence, left: [], barren: false, between: between ? records[0]!.test : null };
  const all = new Doubts(attempt, isolation);
  return records.map(each => all.of(each));
}

describe('a doubt whether a verdict is the test’s own', () => {
  it('is there for what failed beside others, where such tests are to run alone', () => {
    assert.deepEqual(doubts([good, bad, left], {}, 'adaptive'), [null, 'neighbours', null]);
    assert.deepEqual(doubts([good, bad, left], {}, 'file'), [null, null, null]);
    assert.deepEqual(doubts([good, bad], { shared: false }, 'adaptive'), [null, null]);
  });

  it('is there for all that ran where the cage left something, for that is nobody’s for certain', () => {
    assert.deepEqual(doubts([good, bad, left], { leakedPipe: true }, 'adaptive'), ['neighbours', 'neighbours', null]);
    assert.deepEqual(doubts([good], { exit: { code: 3, signal: null } }, 'adaptive'), ['neighbours']);
    const explained = doubts([good, capped], { exit: killed('SIGKILL'), saidBye: false }, 'adaptive');
    assert.deepEqual(explained, [null, 'neighbours'], 'one of them is why it did not end in order');
  });

  it('is there for what ended before another brought the cage down, if it failed of that', () => {
    assert.deepEqual(doubts([bad, good], {}, 'file', true), ['neighbours', null]);
    assert.deepEqual(doubts([good, bad], {}, 'file', true), [null, null]);
  });

  it('is there for what was ended because memory ran short around it, before any other', () => {
    const stop = { kind: 'shortage', group: null, availableBytes: 1, floorBytes: 2, heldBytes: 3 } as const;
    assert.deepEqual(doubts([short, capped, good], { stop }, 'file'), ['shortage', null, null]);
    assert.deepEqual(doubts([short], { stop }, 'adaptive'), ['shortage']);
    assert.deepEqual(doubts([short], {}, 'file'), [null]);
  });
});

describe('one more attempt', () => {
  const next = record('again', { kind: 'passed' });
  const settings = defaults;
  const resolve = (doubt: 'shortage' | 'neighbours' | null, answer: TestRecord | null, stopped = false) => {
    const weights: unknown[] = [];
    const attempt = (given: { weight: unknown }) => {
      weights.push(given.weight);
      return Promise.resolve(answer);
    };
    return resolved(bad, doubt, { settings, stopped: () => stopped, attempt }).then(counts => ({ counts, weights }));
  };

  it('is not made where there is no doubt', async () => {
    assert.deepEqual(await resolve(null, next), { counts: bad, weights: [] });
  });

  it('counts, with the verdict before it on record', async () => {
    const alone = await resolve('neighbours', next);
    assert.deepEqual(alone.counts, { ...next, attributes: [{ kind: 'run-alone', before: { kind: 'failed' } }] });
    assert.deepEqual(alone.weights, [settings.weight]);
    const after = await resolve('shortage', next);
    assert.deepEqual(after.counts, {
      ...next,
      attributes: [{ kind: 'run-after-shortage', before: { kind: 'failed' } }],
    });
    assert.deepEqual(after.weights, [0], 'nothing runs beside it');
  });

  it('does not count where the test was not there, or the run ended meanwhile', async () => {
    assert.equal((await resolve('neighbours', null)).counts, bad);
    assert.equal((await resolve('neighbours', next, true)).counts, bad);
    assert.equal((await resolve('shortage', next, true)).counts, bad);
  });
});
