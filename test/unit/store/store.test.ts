import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal, runFolder } from '../../../src/engine/journal.ts';
import type { Problem } from '../../../src/protocol/messages.ts';
import type { Timeline } from '../../../src/protocol/timeline.ts';
import type { Verdict } from '../../../src/protocol/verdict.ts';
import { digest, pastRunOf } from '../../../src/store/digest.ts';
import { loadSqlite } from '../../../src/store/sqlite.ts';
import { Store } from '../../../src/store/store.ts';
import { sampleReport } from '../reports/samples.ts';
import { pastRun, recordOf } from './past.ts';

const passed = (times: number) => Array<'passed'>(times).fill('passed');

describe('the history of a workspace', () => {
  let storage: string;
  let problems: Problem[];
  const stores: Store[] = [];
  const open = (): Store => {
    const store = Store.open(storage, problem => problems.push(problem))!;
    stores.push(store);
    return store;
  };

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-store-'));
    problems = [];
  });
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    rmSync(storage, { recursive: true, force: true });
  });

  it('is empty before the first run', () => {
    assert.deepEqual(open().history(), []);
    assert.deepEqual(problems, []);
  });

  it('has each run with its counts, the newest first, whoever wrote it', async () => {
    pastRun(storage, 'first', { planned: 3, verdicts: ['passed', 'failed', 'skipped'] });
    const store = open();
    assert.equal(store.history().length, 1);
    await new Promise(resolve => setTimeout(resolve, 5));
    pastRun(storage, 'second', { planned: 2, verdicts: ['out-of-memory', 'passed'] });
    const [second, first] = store.history();
    assert.deepEqual([first?.run, first?.state, first?.planned, first?.recorded], ['first', 'ended', 3, 3]);
    assert.deepEqual(first?.counts, { passed: 1, failed: 1, skipped: 1 });
    assert.deepEqual([second?.run, second?.counts], ['second', { 'out-of-memory': 1, passed: 1 }]);
    assert.deepEqual(store.history({ limit: 1 }).length, 1);
  });

  it('has the record of one test by itself', () => {
    pastRun(storage, 'first', { planned: 3, verdicts: ['passed', 'failed', 'skipped'] });
    const store = open();
    const { records } = store.records({ run: 'first' });
    const wanted = records[1]!;
    assert.deepEqual(store.records({ run: 'first', key: wanted.test.key }), { records: [wanted], next: null });
    assert.deepEqual(store.records({ run: 'first', key: wanted.test.key, verdicts: ['passed'] }).records, []);
    assert.deepEqual(store.records({ run: 'first', key: 'unknown' }), { records: [], next: null });
  });

  it('follows a run while it goes on, and takes nothing in twice', () => {
    const journal = pastRun(storage, 'live', { planned: 4, verdicts: ['passed'], ended: false });
    const store = open();
    assert.deepEqual([store.history()[0]?.state, store.history()[0]?.recorded], ['running', 1]);
    for (const number of [1, 2]) journal.write({ entry: 'record', record: recordOf(number, { kind: 'failed' }) });
    store.import('live');
    store.import('live');
    const [run] = store.history();
    assert.deepEqual([run?.planned, run?.recorded, run?.counts], [4, 3, { passed: 1, failed: 2 }]);
    journal.close();
    assert.equal(store.history()[0]?.state, 'interrupted');
  });

  it('gives the records whole, page by page, in the order of the plan', () => {
    const verdicts = Array.from({ length: 250 }, (_, number) => (number % 10 === 0 ? 'failed' : 'passed'));
    pastRun(storage, 'many', { planned: 250, verdicts });
    const store = open();
    const keys: string[] = [];
    let pages = 0;
    for (let after: number | null = 0; after !== null; pages++) {
      const page = store.records({ run: 'many', after, limit: 100 });
      keys.push(...page.records.map(({ test }) => test.key));
      after = page.next;
    }
    assert.deepEqual([pages, keys], [3, verdicts.map((_, number) => `key-${number}`)]);
    const failed = store.records({ run: 'many', verdicts: ['failed', 'lost'] });
    assert.deepEqual([failed.records.length, failed.next], [25, null]);
    assert.deepEqual(failed.records[1], recordOf(10, { kind: 'failed' }));
    assert.throws(() => store.records({ run: 'no such run' }), /There is no run no such run/);
  });

  it('reads records with their processes, and passes over what cannot be any', () => {
    const processes = [{ pid: 7, parent: 1, name: 'node' }];
    const journal = pastRun(storage, 'run-1', { planned: 2, verdicts: [], ended: false });
    journal.write({ entry: 'record', record: recordOf(0, { kind: 'passed' }, { processes }) });
    const wrong = [{ pid: '7', parent: 1, name: 'node' }] as unknown as typeof processes;
    journal.write({ entry: 'record', record: recordOf(1, { kind: 'passed' }, { processes: wrong }) });
    journal.close();
    const { records } = open().records({ run: 'run-1' });
    assert.deepEqual(
      records.map(record => record.processes),
      [processes, undefined],
    );
  });

  it('reads records with a timeline and without, and passes over one that it does not know', () => {
    const timeline = { version: 1, startedAt: 1, stepMs: 250, memoryKiB: [9], processes: [1], cpuMs: [] } as const;
    const journal = pastRun(storage, 'courses', { planned: 3, verdicts: ['passed'], ended: false });
    const later = { ...timeline, version: 2 } as unknown as Timeline;
    journal.write({ entry: 'record', record: recordOf(1, { kind: 'passed' }, { timeline }) });
    journal.write({ entry: 'record', record: recordOf(2, { kind: 'failed' }, { timeline: later }) });
    journal.close();
    const { records } = open().records({ run: 'courses' });
    assert.deepEqual(
      records.map(record => [record.verdict.kind, record.timeline]),
      [
        ['passed', undefined],
        ['passed', timeline],
        ['failed', undefined],
      ],
    );
  });

  it('keeps a page small enough for a frame', () => {
    const journal = pastRun(storage, 'loud', { planned: 5, verdicts: [], ended: false });
    const output = { text: 'x'.repeat(3 * 1024 ** 2), droppedBytes: 0 };
    for (let number = 0; number < 5; number++)
      journal.write({ entry: 'record', record: recordOf(number, { kind: 'passed' }, { output }) });
    journal.close();
    const { records, next } = open().records({ run: 'loud' });
    assert.equal(records.length, 2);
    assert.ok(next !== null);
  });

  it('knows the past of one test', async () => {
    const kinds: Verdict['kind'][] = ['passed', 'failed', 'passed'];
    for (const [index, kind] of kinds.entries()) {
      pastRun(storage, `run-${index}`, { planned: 2, verdicts: ['passed', kind] });
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    const past = open().testHistory({ key: 'key-1' });
    assert.deepEqual(
      past.map(({ run, verdict }) => [run, verdict]),
      [
        ['run-2', 'passed'],
        ['run-1', 'failed'],
        ['run-0', 'passed'],
      ],
    );
    const { durationMs, peakMemoryBytes, cpuMs } = past[0]!;
    assert.deepEqual([durationMs, peakMemoryBytes, cpuMs], [400, 41 * 1024 ** 2, 12]);
    assert.deepEqual(open().testHistory({ key: 'unknown' }), []);
  });

  it('knows how often a test was tried', () => {
    const journal = pastRun(storage, 'tried', { planned: 1, verdicts: [], ended: false });
    const earlier = [{ kind: 'failed' }, { kind: 'failed' }] as const;
    const attributes = [
      { kind: 'run-alone', before: { kind: 'failed' } },
      { kind: 'retried', earlier },
    ] as const;
    journal.write({ entry: 'record', record: recordOf(0, { kind: 'passed' }, { attributes }) });
    journal.close();
    assert.equal(open().testHistory({ key: 'key-0' })[0]?.attempts, 3);
  });

  it('counts what left processes and what passed at last, also of a run that an older Bulkhead has counted', () => {
    const journal = pastRun(storage, 'worn', { planned: 4, verdicts: ['passed'], ended: false });
    const retried = { kind: 'retried', earlier: [{ kind: 'failed' }] } as const;
    const leaked = { kind: 'leaked-processes', processes: [], total: 2 } as const;
    journal.write({ entry: 'record', record: recordOf(1, { kind: 'passed' }, { attributes: [retried, leaked] }) });
    journal.write({ entry: 'record', record: recordOf(2, { kind: 'failed' }, { attributes: [retried] }) });
    journal.write({ entry: 'record', record: recordOf(3, { kind: 'passed' }, { attributes: [leaked] }) });
    const { summary } = sampleReport([], { run: 'worn' });
    journal.write({ entry: 'end', summary: { ...summary, memoryBudgetBytes: 2 ** 31 } });
    journal.close();
    const store = open();
    const told = () => store.history().map(({ leaked, flaky, counts }) => ({ leaked, flaky, counts }));
    const truth = [{ leaked: 2, flaky: 1, counts: { passed: 3, failed: 1 } }];
    assert.deepEqual(told(), truth);
    const older = new (loadSqlite()!.DatabaseSync)(join(storage, 'history.db'));
    older.exec(`UPDATE runs SET counts = '[{"verdict":"failed","tests":1},{"verdict":"passed","tests":3}]'`);
    older.close();
    assert.deepEqual(told(), truth);
    const { leaked: left, flaky, memoryBudgetBytes } = pastRunOf(storage, digest(runFolder(storage, 'worn'))!);
    assert.deepEqual([left, flaky, memoryBudgetBytes], [2, 1, 2 ** 31]);
    assert.equal(store.history()[0]?.memoryBudgetBytes, 2 ** 31);
  });

  it('lets the record after a resumption stand in the place of a cancelled one', () => {
    pastRun(storage, 'stopped', { planned: 2, verdicts: ['passed', 'cancelled'] });
    const store = open();
    store.history();
    const opening = { earlierMs: 1000 };
    const journal = new Journal({ storage, run: 'stopped', opening, onProblem: () => assert.fail() });
    assert.deepEqual([store.history()[0]?.state, store.history()[0]?.resumed], ['running', 1]);
    journal.write({ entry: 'record', record: recordOf(1, { kind: 'failed' }) });
    journal.close();
    assert.deepEqual(store.history()[0]?.counts, { passed: 1, failed: 1 });
    assert.deepEqual(store.records({ run: 'stopped' }).records[1]?.verdict, { kind: 'failed' });
  });

  it('forgets a run whose folder was deleted, and reads one anew whose journal was replaced', () => {
    pastRun(storage, 'one', { planned: 9, verdicts: passed(9) });
    pastRun(storage, 'two', { planned: 9, verdicts: passed(9) });
    const store = open();
    assert.equal(store.history().length, 2);
    rmSync(join(storage, 'runs', 'one'), { recursive: true });
    rmSync(join(storage, 'runs', 'two'), { recursive: true });
    pastRun(storage, 'two', { planned: 1, verdicts: ['failed'] });
    assert.deepEqual(
      store.history().map(({ run, counts }) => [run, counts]),
      [['two', { failed: 1 }]],
    );
  });

  it('counts what is missing in a journal', () => {
    const journal = pastRun(storage, 'full', { planned: 2, verdicts: ['passed'], ended: false });
    journal.write({ entry: 'gap', entries: 3 });
    journal.close();
    assert.equal(open().history()[0]?.missing, 3);
  });

  it('has what became of each test the last time it ran', () => {
    const retried = { attributes: [{ kind: 'retried', earlier: [{ kind: 'failed' }] }] } as const;
    const leaked = { attributes: [{ kind: 'leaked-processes', processes: [], total: 1 }] } as const;
    const first = pastRun(storage, 'first', { planned: 3, verdicts: ['passed'], ended: false });
    first.write({ entry: 'record', record: recordOf(1, { kind: 'passed' }, retried) });
    first.write({ entry: 'record', record: recordOf(2, { kind: 'failed' }, leaked) });
    first.close();
    pastRun(storage, 'second', { planned: 3, verdicts: ['out-of-memory', 'cancelled', 'not-run'] });
    const last = open().lastVerdicts({ keys: ['key-0', 'key-1', 'key-2', 'unknown'] });
    assert.deepEqual(
      last.map(({ key, run, verdict, attempts, leaked }) => [key, run, verdict, attempts, leaked]),
      [
        ['key-0', 'second', 'out-of-memory', 1, false],
        ['key-1', 'first', 'passed', 2, false],
        ['key-2', 'first', 'failed', 1, true],
      ],
    );
  });
});
