import assert from 'node:assert/strict';
import { RunRecords } from '../../../src/editor/run-records.ts';
import { recordOf, testOf } from './records.ts';

const folder = { name: 'work', path: '/work' };

describe('records of a run', () => {
  it('know which planned tests have no verdict yet', () => {
    const records = opened();
    records.plan([testOf('a'), testOf('b')]);
    records.add(recordOf('a'), folder);
    assert.deepEqual(
      [...records.unfinished()].map(({ key }) => key),
      ['b'],
    );
    assert.deepEqual([records.finished, records.planned], [1, 2]);
  });

  it('select the failed tests again, and only those', () => {
    const records = opened();
    records.add(recordOf('a'), folder);
    records.add(recordOf('b', { verdict: { kind: 'failed' } }), folder);
    records.add(recordOf('c', { verdict: { kind: 'lost' } }), folder);
    records.add(recordOf('d', { verdict: { kind: 'cancelled' } }), folder);
    assert.deepEqual(records.selection(records.failed()), {
      kind: 'some',
      projects: [{ project: 'mocha', files: [{ file: '/work/test/a.test.js', tests: ['b', 'c'] }] }],
    });
  });

  it('begin with what failed, and keep the order otherwise', () => {
    const records = opened();
    records.add(recordOf('a'), folder);
    records.add(recordOf('b', { verdict: { kind: 'failed' } }), folder);
    records.add(recordOf('c'), folder);
    records.add(recordOf('d', { verdict: { kind: 'lost' } }), folder);
    assert.deepEqual(
      [...records.rows()].map(({ key }) => key),
      ['b', 'd', 'a', 'c'],
    );
  });

  it('keep the details of failures longest when there are too many to keep', () => {
    const records = opened();
    const output = { text: 'x'.repeat(60_000), droppedBytes: 0 };
    records.add(recordOf('failed', { verdict: { kind: 'failed' }, output }), folder);
    for (let index = 0; index < 1_000; index++) records.add(recordOf(`t${index}`, { output }), folder);
    assert.equal([...records.rows()].length, 1_001);
    assert.notEqual(records.details('t0'), null);
    assert.notEqual(records.details('failed'), null);
    assert.equal(records.details('t999'), null);
  });

  it('let go of details even when every test has failed', () => {
    const records = opened();
    const output = { text: 'x'.repeat(60_000), droppedBytes: 0 };
    for (let index = 0; index < 1_000; index++) {
      records.add(recordOf(`t${index}`, { verdict: { kind: 'failed' }, output }), folder);
    }
    const kept = [...records.rows()].filter(({ key }) => records.details(key) !== null).length;
    assert.ok(kept > 100 && kept < 300, String(kept));
  });

  it('keep no details of what passes after a flood of failures', () => {
    const records = opened();
    const output = { text: 'x'.repeat(60_000), droppedBytes: 0 };
    for (let index = 0; index < 1_000; index++)
      records.add(recordOf(`f${index}`, { verdict: { kind: 'failed' }, output }), folder);
    for (let index = 0; index < 10; index++) records.add(recordOf(`p${index}`, { output }), folder);
    const details = Array.from({ length: 10 }, (_, index) => records.details(`p${index}`));
    assert.ok(
      details.every(each => each === null),
      'there is no room for those that passed',
    );
    records.add(recordOf('last', { verdict: { kind: 'failed' } }), folder);
    assert.equal(records.finished, 1_011);
  });

  it('tell the rows that a comparison changed, and keep what it said', () => {
    const records = opened();
    for (const key of ['a', 'b', 'c']) records.add(recordOf(key), folder);
    const nothing = { 'newly-failed': [], fixed: [], new: [], slower: [], 'more-memory': [] };
    const gone = { total: 0, tests: [] };
    const changed = records.compare({ ...nothing, gone, fixed: ['gone', 'a'], slower: ['c'], 'more-memory': ['c'] });
    const changes = (rows: typeof changed) => rows.map(({ key, changes }) => [key, changes]);
    assert.deepEqual(changes(changed), [
      ['a', ['fixed']],
      ['c', ['slower', 'more-memory']],
    ]);
    assert.deepEqual(changes([...records.rows()])[1], ['b', undefined]);
    assert.deepEqual(changes([...records.rows()])[2], ['c', ['slower', 'more-memory']]);
  });

  it('know the place of a message by its index', () => {
    const records = opened();
    const messages = [{ text: 'no place' }, { text: 'here', file: '/work/src/b.js', line: 3 }];
    records.add(recordOf('a', { verdict: { kind: 'failed' }, messages }), folder);
    assert.equal(records.messagePlace('a', 0), undefined);
    assert.deepEqual(records.messagePlace('a', 1), { file: '/work/src/b.js', line: 3, column: 1 });
    assert.equal(records.messagePlace('unknown', 0), undefined);
  });

  it('give back each row as it was made, and the tests of all of them', () => {
    const records = opened();
    const test = testOf('a', { titlePath: ['a suite', '"a" \u{1f6a2}'], line: 7, column: 3 });
    const usage = { peakMemoryBytes: 1e9, cpuMs: 1.5, maxProcesses: 3, shared: true };
    const made = [
      records.add(recordOf('a', { test, usage, durationMs: null }), folder),
      records.add(recordOf('b', { verdict: { kind: 'crashed', signal: 'SIGSEGV' }, startedAt: null }), folder),
      records.add(recordOf('c', { project: 'other' }), folder),
    ];
    assert.deepEqual([...records.rows()], [made[1], made[0], made[2]]);
    assert.deepEqual(records.place('a'), { file: '/work/test/a.test.js', line: 7, column: 3 });
    assert.deepEqual([records.verdict('b'), records.verdict('unknown')], ['crashed', undefined]);
    const portions = [...records.portions(2)].map(rows => rows.map(({ key }) => key));
    assert.deepEqual(portions, [['b', 'a'], ['c']]);
    const tests = (keys: string[]) => [{ file: '/work/test/a.test.js', tests: keys }];
    assert.deepEqual(records.wholeSelection(), {
      kind: 'some',
      projects: [
        { project: 'mocha', files: tests(['a', 'b']) },
        { project: 'other', files: tests(['c']) },
      ],
    });
  });

  it('have the last verdict of a test that got another one', () => {
    const records = opened();
    records.add(recordOf('a', { verdict: { kind: 'failed' } }), folder);
    records.add(recordOf('b'), folder);
    assert.equal(records.hasFailed, true);
    records.add(recordOf('a'), folder);
    assert.deepEqual([records.finished, records.failed(), records.hasFailed], [2, [], false]);
    assert.deepEqual(
      [...records.rows()].map(({ key, kind }) => `${key} ${kind}`),
      ['a passed', 'b passed'],
    );
  });

  it('count processes that could not be killed', () => {
    const records = opened();
    const processes = [{ pid: 1, parent: 0, started: '1', command: 'x' }];
    records.add(recordOf('a', { attributes: [{ kind: 'survivors', processes }] }), folder);
    assert.equal(records.survivors, 1);
  });
});

function opened(): RunRecords {
  return new RunRecords('run', 'All tests', 0);
}
