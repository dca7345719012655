import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../src/engine/journal.ts';
import type { Selection } from '../../../src/protocol/messages.ts';
import type { TestInfo } from '../../../src/protocol/tests.ts';
import { Store } from '../../../src/store/store.ts';
import { sampleReport } from '../reports/samples.ts';
import { project, recordOf, testInfo } from './past.ts';

const all: Selection = { kind: 'all' };
const fileOf = (number: number) => testInfo(number).file;
const files = (...chosen: string[]): Selection => ({
  kind: 'some',
  projects: [{ project, files: chosen.map(file => ({ file })) }],
});
const single: Selection = {
  kind: 'some',
  projects: [{ project, files: [{ file: fileOf(0), tests: ['key-0'] }] }],
};

describe('the tests that are gone since the run before', () => {
  let storage: string;
  let store: Store;

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-gone-'));
    store = Store.open(storage, ({ message }) => assert.fail(message))!;
  });
  afterEach(() => {
    store.close();
    rmSync(storage, { recursive: true, force: true });
  });

  const gone = (run: string) => store.comparison({ run }).gone;
  const titles = (run: string) => gone(run).tests.map(({ title }) => title);

  it('are those of a whole run that the next whole run does not find', () => {
    past('first', [0, 1, 2, 100]);
    past('second', [0, 2]);
    assert.deepEqual(gone('second'), {
      total: 2,
      tests: [
        { title: 'suite › test 1', file: fileOf(1) },
        { title: 'suite › test 100', file: fileOf(100) },
      ],
    });
    past('third', [0, 2]);
    assert.equal(gone('third').total, 0, 'they are told once');
  });

  it('are not those that nobody asked for', () => {
    past('first', [0, 1, 100]);
    past('second', [0], { selection: single });
    assert.equal(gone('second').total, 0);
    past('third', [0], { selection: files(fileOf(0)) });
    assert.deepEqual(titles('third'), ['suite › test 1']);
  });

  it('are sought in a run that looked as wide', () => {
    past('first', [0, 1, 100]);
    past('second', [100], { selection: files(fileOf(100)) });
    past('third', [0, 100]);
    assert.deepEqual(titles('third'), ['suite › test 1']);
  });

  it('are none of a run that was stopped or interrupted, nor found in one', () => {
    past('first', [0, 1]);
    past('second', [0], { cancelled: true });
    assert.equal(gone('second').total, 0);
    past('third', [0], { ended: false });
    assert.equal(gone('third').total, 0);
    past('fourth', [0]);
    assert.deepEqual(titles('fourth'), ['suite › test 1']);
  });

  it('are not those of a file that does not load', () => {
    const itself = { ...testInfo(0), key: 'itself', titlePath: [] };
    past('first', [0, 1, 100]);
    past('second', [itself, 100]);
    assert.equal(gone('second').total, 0);
    past('third', [0, 1, 100]);
    assert.equal(gone('third').total, 0, 'the file is there as before');
  });

  it('are named as far as anybody would read them', () => {
    past(
      'first',
      Array.from({ length: 500 }, (_, number) => number),
    );
    past('second', [0]);
    const { total, tests } = gone('second');
    assert.deepEqual([total, tests.length], [499, 200]);
  });

  interface Options {
    readonly selection?: Selection;
    readonly cancelled?: boolean;
    readonly ended?: boolean;
  }

  function past(run: string, planned: readonly (number | TestInfo)[], options: Options = {}): void {
    const { selection = all, cancelled = false, ended = true } = options;
    const onProblem = () => assert.fail('the journal of a test could not be written');
    const journal = new Journal({ storage, run, opening: { selection, overrides: {} }, onProblem });
    const tests = planned.map(each => (typeof each === 'number' ? testInfo(each) : each));
    journal.write({ entry: 'plan', project, tests });
    const records = tests.map(test => recordOf(0, { kind: 'passed' }, { test }));
    for (const record of records) journal.write({ entry: 'record', record });
    if (ended) journal.write({ entry: 'end', summary: sampleReport(records, { run, cancelled }).summary });
    journal.close();
  }
});
