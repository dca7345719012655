import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTargets, selectTargets } from '../../../src/cli/targets.ts';
import type { Project } from '../../../src/protocol/tests.ts';

describe('paths of the command line', () => {
  let root: string;
  let folder: string;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-targets-')));
    folder = join(root, 'w');
    mkdirSync(join(folder, 'test', 'deep'), { recursive: true });
    for (const file of ['test/a.js', 'test/deep/b.js', 'test2.js', 'README']) writeFileSync(join(folder, file), '');
    writeFileSync(join(root, 'outside.js'), '');
  });

  afterEach(() => rmSync(root, { recursive: true }));

  const project = (id: string, files: readonly string[]): Project => ({
    id,
    framework: 'command',
    folder: { name: 'w', path: folder },
    root: folder,
    label: id,
    files: files.map(file => join(folder, file)),
    watch: [],
  });

  async function select(paths: readonly string[], cwd = folder) {
    const { targets, problems } = await findTargets(paths, folder, cwd);
    const projects = [project('one', ['test/a.js', 'test2.js']), project('two', ['test/deep/b.js'])];
    const selected = selectTargets(targets, projects);
    return { ...selected, problems: [...problems, ...selected.problems].map(({ message }) => message) };
  }

  const some = (projects: Readonly<Record<string, readonly string[]>>) => ({
    kind: 'some',
    projects: Object.entries(projects).map(([id, files]) => ({
      project: id,
      files: files.map(file => ({ file: join(folder, file) })),
    })),
  });

  it('select everything when there are none', async () => {
    assert.deepEqual(await select([]), { selection: { kind: 'all' }, problems: [] });
  });

  it('select files and folders, a folder whole and no sibling that begins like it', async () => {
    assert.deepEqual(await select(['test']), {
      selection: some({ one: ['test/a.js'], two: ['test/deep/b.js'] }),
      problems: [],
    });
    assert.deepEqual((await select([join(folder, 'test2.js')])).selection, some({ one: ['test2.js'] }));
    assert.deepEqual(
      (await select(['.'])).selection,
      some({ one: ['test/a.js', 'test2.js'], two: ['test/deep/b.js'] }),
    );
  });

  it('are relative to the current folder', async () => {
    assert.deepEqual((await select(['b.js'], join(folder, 'test/deep'))).selection, some({ two: ['test/deep/b.js'] }));
  });

  it('may lead into the folder by a symbolic link', async () => {
    symlinkSync(folder, join(root, 'link'));
    assert.deepEqual((await select([join(root, 'link/test2.js')])).selection, some({ one: ['test2.js'] }));
  });

  for (const [path, message] of [
    ['gone.js', /^gone\.js does not exist$/],
    ['README/x', /^README\/x does not exist$/],
    ['../outside.js', /^\.\.\/outside\.js is outside the workspace folder \//],
    ['../gone.js', /^\.\.\/gone\.js is outside the workspace folder \//],
    ['/etc', /^\/etc is outside/],
    ['README', /^README is not a test file/],
  ] as const) {
    it(`are refused by name: ${path}`, async () => {
      const { problems } = await select(['test2.js', path]);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', message);
    });
  }

  it('are refused when a folder holds no test', async () => {
    mkdirSync(join(folder, 'empty'));
    assert.deepEqual((await select(['empty'])).problems, ['empty holds no test file of any project']);
  });
});
