import assert from 'node:assert/strict';
import { drafted } from '../../../src/editor/drafted.ts';
import { outlineJavaScript } from '../../../src/frameworks/outline/javascript.ts';
import { outlinePython } from '../../../src/frameworks/outline/python.ts';
import { mochaWords } from '../../../src/frameworks/outline/vocabulary.ts';
import { type Project, type TestInfo, testKey } from '../../../src/protocol/tests.ts';

const folder = { name: 'shop', path: '/shop' };
const project: Project = { id: 'p', framework: 'mocha', folder, root: '/shop', label: 'mocha', files: [], watch: [] };
const file = '/shop/test/cart.js';

describe('the tests of a text that is being typed', () => {
  const saved = ["it('adds', () => {});", "it('removes', () => {});", "it('empties', () => {});"].join('\n');
  const exact = reads(saved);

  it('are those of the saved one where it says the same', () => {
    assert.deepEqual(after(exact, saved, saved), ['adds:1', 'removes:2', 'empties:3']);
  });

  it('get what is new, at its place, and lose what is gone', () => {
    const typed = ["it('adds', () => {});", '', "it('doubles', () => {});", "it('empties', () => {});"].join('\n');
    assert.deepEqual(after(exact, saved, typed), ['adds:1', 'doubles:3', 'empties:4']);
  });

  it('keep their keys, and with them their items and results, wherever they are moved to', () => {
    const [adds] = drafted({ tests: exact, complete: true }, exact, reads(`\n\n\n${saved}`));
    assert.deepEqual([adds?.key, adds?.line], [exact[0]!.key, 4]);
  });

  it('are shown as read where nobody has asked the framework yet', () => {
    const typed = `${saved}\nit('is new', () => {});`;
    const shown = drafted({ tests: [], complete: false }, exact, reads(typed));
    assert.deepEqual(shown.map(brief), ['adds:1', 'removes:2', 'empties:3', 'is new:4']);
  });

  it('keep what only running finds, under the test above it and as far below it as before', () => {
    const made = [info(['made 1'], 2), info(['made 2'], 2)];
    const known = [exact[0]!, ...made, ...exact.slice(1)];
    assert.deepEqual(after(known, saved, `\n${saved}`), ['adds:2', 'made 1:3', 'made 2:3', 'removes:3', 'empties:4']);
  });

  it('lose the sub-tests of a test that is gone, and of no other', () => {
    const parts = [info(['adds', 'one'], 1), info(['empties', 'one'], 3)].map(test => ({
      ...test,
      dynamic: true as const,
    }));
    const typed = saved.replace("it('adds', () => {});", '');
    assert.deepEqual(after([...exact, ...parts], saved, typed), ['removes:2', 'empties:3', 'empties › one:3']);
  });

  it('show parameters where the framework knows them, and one test while nobody does', () => {
    const text = "@pytest.mark.parametrize('n', [1, 2])\ndef test_each(n):\n    pass\n";
    const known = [info(['test_each', '[1]'], 1), info(['test_each', '[2]'], 1)];
    const shown = (typed: string) => drafted({ tests: known, complete: true }, python(text), python(typed)).map(brief);
    assert.deepEqual(shown(`import os\n${text}`), ['test_each › [1]:1', 'test_each › [2]:1']);
    assert.deepEqual(shown(`${text}\n${text.replace('test_each', 'test_more')}`), [
      'test_each › [1]:1',
      'test_each › [2]:1',
      'test_more:6',
    ]);
    assert.deepEqual(shown(''), []);
  });

  function after(known: readonly TestInfo[], before: string, now: string): string[] {
    return drafted({ tests: known, complete: true }, reads(before), reads(now)).map(brief);
  }
});

function reads(text: string): TestInfo[] {
  return outlineJavaScript(project, file, text, mochaWords);
}

function python(text: string): TestInfo[] {
  return outlinePython(text).map(test => info(test.titlePath, test.line));
}

function info(titlePath: readonly string[], line: number): TestInfo {
  const identity = { framework: 'mocha', file, titlePath, ordinal: 0 };
  return { ...identity, key: testKey(project, identity), line };
}

function brief({ titlePath, line }: TestInfo): string {
  return `${titlePath.join(' › ')}:${line}`;
}
