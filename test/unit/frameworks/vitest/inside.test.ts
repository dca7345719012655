import assert from 'node:assert/strict';
import { compared } from '../../../../src/frameworks/vitest/inside/style.ts';
import { numbered, type SuiteTask, type Task } from '../../../../src/frameworks/vitest/inside/tasks.ts';

const test = (name: string): Task => ({ type: 'test', name, mode: 'run' });
const suite = (name: string, ...tasks: Task[]): SuiteTask => ({ type: 'suite', name, mode: 'run', tasks });

describe('the tests of a file of vitest', () => {
  it('are told apart where their titles are the same, also over suites of one name', () => {
    const file = suite('a.test.js', test('a'), suite('s', test('a'), test('a')), suite('s', test('a')), test('a'));
    assert.deepEqual(
      [...numbered(file).values()].map(({ path, ordinal }) => `${path.join(' > ')} ${ordinal}`),
      ['a 0', 's > a 0', 's > a 1', 's > a 2', 'a 1'],
    );
  });
});

describe('a comparison of vitest', () => {
  it('has the texts that vitest made, where it shows a difference itself', () => {
    const said = { expected: '1', actual: '2' };
    assert.deepEqual(compared.compare(said), said);
    for (const nothing of [
      { ...said, showDiff: false },
      { expected: '1', actual: '1' },
      { expected: 1, actual: 2 },
      {},
    ])
      assert.equal(compared.compare(nothing), null);
  });
});
