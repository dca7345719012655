import assert from 'node:assert/strict';
import { type Branch, layoutProjects, layoutTests } from '../../../src/editor/layout.ts';
import type { Project } from '../../../src/protocol/tests.ts';
import { testOf } from './records.ts';

describe('layout of projects', () => {
  it('shows directories and files at once where there is one folder with one project', () => {
    const branches = layoutProjects([project('mocha', ['/w/test/unit/a.js', '/w/test/b.js'])], false);
    assert.deepEqual(outline(branches), ['test', '  unit', '    a.js', '  b.js']);
  });

  it('names the projects where a folder has several', () => {
    const branches = layoutProjects([project('mocha', ['/w/a.js']), project('shell', ['/w/b.sh'])], false);
    assert.deepEqual(outline(branches), ['mocha', '  a.js', 'shell', '  b.sh']);
  });

  it('names the folders where there are several', () => {
    const one = project('mocha', ['/w/a.js']);
    const two = { ...project('mocha', ['/x/a.js']), id: 'other', folder: { name: 'x', path: '/x' }, root: '/x' };
    assert.deepEqual(outline(layoutProjects([one, two], true)), ['w', '  a.js', 'x', '  a.js']);
  });

  it('keeps files of one name apart that lie outside the project', () => {
    const branches = layoutProjects([project('mocha', ['/elsewhere/a.js', '/another/a.js'])], false);
    assert.equal(new Set(branches.map(({ id }) => id)).size, 2);
  });

  it('leaves the tests of a file to be resolved', () => {
    const [file] = layoutProjects([project('mocha', ['/w/a.js'])], false);
    assert.equal(file?.children, undefined);
    assert.deepEqual(file?.scope, { kind: 'file', project: 'mocha', file: '/w/a.js' });
  });
});

describe('layout of tests', () => {
  it('nests suites and keeps the order of the file', () => {
    const branches = layoutTests('p', [
      testOf('1', { titlePath: ['outer', 'inner', 'z'] }),
      testOf('2', { titlePath: ['outer', 'a'] }),
      testOf('3', { titlePath: ['top'] }),
    ]);
    assert.deepEqual(outline(branches), ['outer', '  inner', '    z', '  a', 'top']);
  });

  it('gives tests of one title an item each', () => {
    const branches = layoutTests('p', [
      testOf('1', { titlePath: ['same'] }),
      testOf('2', { titlePath: ['same'], ordinal: 1 }),
    ]);
    assert.deepEqual(
      branches.map(({ id, label }) => `${id} ${label}`),
      ['same #1 same', 'same #2 same'],
    );
  });

  it('gives suites of one title under different parents different ids, and the same ids each time', () => {
    const tests = [testOf('1', { titlePath: ['a', 'x', 't'] }), testOf('2', { titlePath: ['b', 'x', 't'] })];
    const ids = () => layoutTests('p', tests).flatMap(({ id, children }) => [id, children?.[0]?.id]);
    assert.equal(new Set(ids()).size, 4);
    assert.deepEqual(ids(), ids());
  });

  it('bears titles that are huge, empty or full of control characters', () => {
    const titles = ['x'.repeat(1_000_000), '', '\0\x1b[31mred\nline'];
    const branches = layoutTests(
      'p',
      titles.map((title, index) => testOf(String(index), { titlePath: [title, title] })),
    );
    for (const { id, label } of branches) {
      assert.ok(label.length > 0 && label.length <= 200, label.slice(0, 300));
      assert.ok(id.length < 100 && !id.includes('\0'));
    }
    assert.deepEqual(
      branches.slice(1).map(({ label }) => label),
      ['(no title)', 'red line'],
    );
  });

  it('puts what a test found while it ran below that test, and what is listed into suites alone', () => {
    const branches = layoutTests('p', [
      testOf('1', { titlePath: ['same'] }),
      testOf('2', { titlePath: ['same', 'in the suite'] }),
      testOf('3', { titlePath: ['suite', 'parent'] }),
      testOf('4', { titlePath: ['same', 'found'], dynamic: true }),
      testOf('5', { titlePath: ['suite', 'parent', 'found'], dynamic: true }),
      testOf('6', { titlePath: ['suite', 'parent', 'found', 'deeper'], dynamic: true }),
      testOf('7', { titlePath: ['suite', 'made by a hook'], dynamic: true }),
      testOf('8', { titlePath: ['not listed', 'found'], dynamic: true }),
    ]);
    assert.deepEqual(outline(branches), [
      'same',
      '  found',
      'same',
      '  in the suite',
      'suite',
      '  parent',
      '    found',
      '      deeper',
      '  made by a hook',
      'not listed',
      '  found',
    ]);
    const parent = branches[2]!.children![0]!;
    assert.deepEqual(parent.scope, { kind: 'test', project: 'p', file: '/work/test/a.test.js', key: '3' });
  });

  it('has no item for a test that is its file', () => {
    assert.deepEqual(layoutTests('p', [testOf('1', { titlePath: [] })]), []);
  });
});

function project(name: string, files: string[]): Project {
  return { id: name, framework: name, folder: { name: 'w', path: '/w' }, root: '/w', label: name, files, watch: [] };
}

function outline(branches: readonly Branch[], indent = ''): string[] {
  const inOrder = [...branches].sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''));
  return inOrder.flatMap(({ label, children = [] }) => [indent + label, ...outline(children, `${indent}  `)]);
}
