import assert from 'node:assert/strict';
import { onlyKeys } from '../../../src/cli/chosen-tests.ts';
import type { Selection } from '../../../src/protocol/messages.ts';
import { testOf } from '../editor/records.ts';

const files: Selection = {
  kind: 'some',
  projects: [
    { project: 'one', files: [{ file: 'a' }, { file: 'b' }] },
    { project: 'two', files: [{ file: 'a' }] },
  ],
};
const tests: Record<string, string[]> = { 'one a': ['x', 'y'], 'one b': ['z'], 'two a': ['w'] };
const discover = (project: string, file: string) =>
  Promise.resolve({ tests: tests[`${project} ${file}`]!.map(key => testOf(key)) });

describe('tests chosen by their keys', () => {
  it('are those of the files that have them', async () => {
    const chosen = await onlyKeys(files, ['y', 'w'], discover);
    assert.deepEqual(chosen.problems, []);
    assert.deepEqual(chosen.selection, {
      kind: 'some',
      projects: [
        { project: 'one', files: [{ file: 'a', tests: ['y'] }] },
        { project: 'two', files: [{ file: 'a', tests: ['w'] }] },
      ],
    });
  });

  it('are a mistake where no file has them, or no file is named', async () => {
    assert.match((await onlyKeys(files, ['y', 'no'], discover)).problems[0]!.message, /key no/);
    assert.match((await onlyKeys({ kind: 'all' }, ['y'], discover)).problems[0]!.message, /file/);
  });

  it('without any, all stay', async () => {
    assert.equal((await onlyKeys(files, [], () => assert.fail())).selection, files);
  });
});
