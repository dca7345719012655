import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { defaults } from '../../../../src/config/settings.ts';
import { findInterpreter } from '../../../../src/frameworks/pytest/interpreter.ts';
import type { Detection } from '../../../../src/frameworks/framework.ts';
import { type Bed, openBed } from './bed.ts';
import { installedLine } from './versions.ts';

const aTest = 'def test_a(): pass\n';
const line = await installedLine();

/** Each project and its files, relative to the workspace folder. */
function shapeOf({ projects }: Detection, root: string): Record<string, string[]> {
  const files = (paths: readonly string[]) => paths.map(file => relative(root, file));
  return Object.fromEntries(projects.map(project => [relative(root, project.root) || '.', files(project.files)]));
}

describe('finding projects of pytest', function () {
  this.timeout(60_000);
  if ('missing' in line) return void it.skip(`is not tested on this machine: ${line.missing}`);
  let bed: Bed;
  before(() => (bed = openBed(line.python)));
  after(() => bed?.remove());

  it('lists the files as pytest itself would collect them, and loads none', async () => {
    const root = bed.project('pytest-project');
    const found = await bed.detect(root);
    assert.deepEqual(found.problems, []);
    const { '.': files, ...others } = shapeOf(found, root);
    assert.deepEqual(others, {});
    assert.deepEqual(files?.toSorted(), [
      'src/shop/cart.py',
      'tests/guide.rst',
      ...['async', 'cases', 'empty', 'outcomes', 'shapes', 'skipped_as_a_whole'].map(name => `tests/test_${name}.py`),
    ]);
    assert.ok(found.projects[0]!.watch.includes('tests/**/test_*.py'), JSON.stringify(found.projects[0]!.watch));
  });

  it('obeys testpaths, python_files, norecursedirs, collect_ignore and .ini sections of every kind', async () => {
    const root = bed.write({
      'a/pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["checks"]\npython_files = "check_*.py"',
      'a/checks/check_one.py': 'raise SystemExit("loaded")',
      'a/test_elsewhere.py': aTest,
      'b/setup.cfg': '[tool:pytest]\nnorecursedirs = left',
      'b/test_b.py': aTest,
      'b/left/test_out.py': aTest,
      'c/tox.ini': '[pytest]\n',
      'c/conftest.py': 'print("noise")\ncollect_ignore = ["test_ignored.py"]',
      'c/test_c.py': aTest,
      'c/test_ignored.py': aTest,
    });
    const found = await bed.detect(root);
    assert.deepEqual(found.problems, []);
    assert.deepEqual(shapeOf(found, root), { a: ['a/checks/check_one.py'], b: ['b/test_b.py'], c: ['c/test_c.py'] });
  });

  it('gives a file to the nearest folder that is configured, and guesses the workspace folder for the rest', async () => {
    const root = bed.write({
      'inner/pytest.ini': '[pytest]',
      'inner/test_inner.py': aTest,
      'needs/requirements-dev.txt': 'pytest>=7\n',
      'needs/tests/test_needs.py': aTest,
      'loose/test_loose.py': aTest,
      'node_modules/x/test_x.py': aTest,
      '.venv/lib/test_y.py': aTest,
    });
    const found = await bed.detect(root);
    assert.deepEqual(shapeOf(found, root), {
      inner: ['inner/test_inner.py'],
      needs: ['needs/tests/test_needs.py'],
      '.': ['loose/test_loose.py'],
    });
  });

  it('starts no Python where nothing speaks of tests', async () => {
    const root = bed.write({ 'package.json': '{}', 'setup.py': '', 'tools/test_disk.py': 'print("a tool")' });
    const found = await bed.detect(root, { program: '/no/such/python' });
    assert.deepEqual(found, { projects: [], problems: [] });
  });

  it('says what is lacking where pytest is asked for, and nothing where files are only called like tests', async () => {
    const asked = await bed.detect(bed.write({ 'pytest.ini': '', 'test_a.py': aTest }), { program: '/bin/false' });
    assert.match(asked.problems[0]!.message, /could not be listed/);
    const broken = bed.write({ 'pytest.ini': '[pytest]', 'conftest.py': '\nimport nowhere', 'test_a.py': aTest });
    const [problem] = (await bed.detect(broken)).problems;
    assert.deepEqual([problem?.file, problem?.line], [join(broken, 'conftest.py'), 2]);
    assert.match(problem!.message, /No module named 'nowhere'/);
    const guessed = await bed.detect(bed.write({ 'test_a.py': aTest }), { program: '/bin/false' });
    assert.deepEqual(guessed, { projects: [], problems: [] });
  });
});

describe('the Python that pytest is run with', () => {
  let root: string;
  before(() => (root = mkdtempSync(join(tmpdir(), 'bulkhead-python-'))));
  after(() => rmSync(root, { recursive: true }));
  const make = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
    return join(root, path);
  };
  const find = (below: string, program?: string, surroundings: NodeJS.ProcessEnv = { PATH: '/usr/bin' }) =>
    findInterpreter({
      root: join(root, below),
      folder: { name: 'w', path: root },
      settings: { ...defaults.pytest, ...(program === undefined ? {} : { program }) },
      surroundings,
    });

  it('is the one that is set, the nearest environment, an activated one, or the first of the PATH', async function () {
    if (process.platform === 'win32') return this.skip(); // environments are laid out otherwise there
    assert.match((await find('packages/a')).program, /^python3?$/);
    const activated = make('elsewhere/bin/python');
    const env = { PATH: '/usr/bin', VIRTUAL_ENV: join(root, 'elsewhere') };
    assert.equal((await find('packages/a', undefined, env)).program, activated);
    const outer = make('.venv/bin/python');
    assert.deepEqual(await find('packages/a', undefined, env), {
      program: outer,
      env: { VIRTUAL_ENV: join(root, '.venv'), PATH: `${join(root, '.venv/bin')}:/usr/bin` },
    });
    const inner = make('packages/a/venv/bin/python');
    assert.equal((await find('packages/a')).program, inner);
    assert.equal((await find('packages/a', 'tools/python')).program, join(root, 'tools/python'));
    assert.equal((await find('packages/a', 'python3.9')).program, 'python3.9');
  });
});
