import assert from 'node:assert/strict';
import { type Outline, type Scope, selectionOf } from '../../../src/editor/selection.ts';

interface Item {
  readonly name: string;
  readonly scope: Scope;
  readonly children: readonly Item[];
}

const t = (key: string, file = '/w/a.js'): Item => ({
  name: key,
  scope: { kind: 'test', project: 'p', file, key },
  children: [],
});
const suite: Item = {
  name: 'suite',
  scope: { kind: 'suite', project: 'p', file: '/w/a.js' },
  children: [t('a1'), t('a2')],
};
const a: Item = { name: 'a.js', scope: { kind: 'file', project: 'p', file: '/w/a.js' }, children: [suite, t('a3')] };
const b: Item = { name: 'b.js', scope: { kind: 'file', project: 'p', file: '/w/b.js' }, children: [] };
const directory: Item = { name: 'src', scope: { kind: 'group' }, children: [a, b] };
const p: Item = { name: 'p', scope: { kind: 'project', project: 'p' }, children: [directory] };
const q: Item = { name: 'q', scope: { kind: 'project', project: 'q' }, children: [] };

describe('selection of a request', () => {
  it('is everything when nothing is included or excluded', () => {
    assert.deepEqual(select(undefined), { kind: 'all' });
  });

  it('names a whole project without its files', () => {
    assert.deepEqual(projects([p]), [{ project: 'p' }]);
  });

  it('names a whole file without its tests', () => {
    assert.deepEqual(projects([a]), [{ project: 'p', files: [{ file: '/w/a.js' }] }]);
  });

  it('names every file below a directory, opened or not', () => {
    assert.deepEqual(projects([directory]), [{ project: 'p', files: [{ file: '/w/a.js' }, { file: '/w/b.js' }] }]);
  });

  it('names the tests of a suite', () => {
    assert.deepEqual(projects([suite]), [{ project: 'p', files: [{ file: '/w/a.js', tests: ['a1', 'a2'] }] }]);
  });

  it('joins tests chosen one by one', () => {
    const tests = [suite.children[0]!, a.children[1]!];
    assert.deepEqual(projects(tests), [{ project: 'p', files: [{ file: '/w/a.js', tests: ['a1', 'a3'] }] }]);
  });

  it('expands only what has something excluded in it', () => {
    assert.deepEqual(projects(undefined, [suite.children[0]!]), [
      { project: 'p', files: [{ file: '/w/a.js', tests: ['a2', 'a3'] }, { file: '/w/b.js' }] },
      { project: 'q' },
    ]);
  });

  it('leaves out an excluded file and an excluded project', () => {
    assert.deepEqual(projects([p], [b]), [{ project: 'p', files: [{ file: '/w/a.js' }] }]);
    assert.deepEqual(projects(undefined, [p]), [{ project: 'q' }]);
  });

  it('leaves out what is included below something excluded', () => {
    assert.deepEqual(projects([a.children[1]!, b], [a]), [{ project: 'p', files: [{ file: '/w/b.js' }] }]);
  });

  it('keeps the whole of a project or file that is also named in part, in either order', () => {
    assert.deepEqual(projects([p, suite]), [{ project: 'p' }]);
    assert.deepEqual(projects([suite, p]), [{ project: 'p' }]);
    assert.deepEqual(projects([suite, a]), [{ project: 'p', files: [{ file: '/w/a.js' }] }]);
    assert.deepEqual(projects([a, suite]), [{ project: 'p', files: [{ file: '/w/a.js' }] }]);
  });

  it('is nothing, not everything, when everything is excluded', () => {
    assert.deepEqual(projects(undefined, [p, q]), []);
  });
});

const outline: Outline<Item> = {
  roots: () => [p, q],
  children: item => item.children,
  parent: item => [p, q, directory, a, b, suite].find(other => other.children.includes(item)),
  scope: item => item.scope,
};

function select(include: Item[] | undefined, exclude: Item[] = []) {
  return selectionOf(include, exclude, outline);
}

function projects(include: Item[] | undefined, exclude: Item[] = []) {
  const selection = select(include, exclude);
  assert.equal(selection.kind, 'some');
  return selection.kind === 'some' ? selection.projects : [];
}
