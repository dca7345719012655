import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CoverageDetail } from '../../src/protocol/coverage.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { pytestLines } from '../unit/frameworks/pytest/versions.ts';
import { until } from './alive.ts';
import { TestWorkspace } from './workspace.ts';

const exec = promisify(execFile);

const project = {
  'pytest.ini': '[pytest]\ntestpaths = tests\npythonpath = src\n',
  'src/price.py': `"""Prices."""
import functools


def net(gross,
        rate=0.2):
    if gross < 0:
        raise ValueError(
            "below zero"
        )
    for step in range(3):
        if step == gross:
            break
    else:
        return gross * rate
    return 0


class Basket:
    """Things."""

    def __init__(self): self.things = []

    @functools.lru_cache
    def total(self):
        def inner(): return 1
        return sum(self.things)

    def unused(self):
        while True:
            yield 1


def told():  # pragma: no cover
    return 1


def either(x):
    if x:  # pragma: no branch
        return 1
`,
  'src/other.py': 'VALUE = 1\n\n\ndef other():\n    return VALUE\n',
  'tests/conftest.py': 'import other\n',
  'tests/test_price.py': `import os

import pytest
from price import Basket, either, net


def test_negative():
    with pytest.raises(ValueError):
        net(-1)


def test_whole():
    assert net(7) == pytest.approx(1.4)
    assert either(1) == 1


@pytest.mark.parametrize("at", [1, 2])
def test_step(at):
    assert net(at) == 0


def test_forks():
    if os.fork() == 0:
        Basket().total()
        os._exit(0)
    os.wait()


def test_dies():
    Basket()
    if "DIE" in os.environ:
        os.abort()
`,
};

const quick = 'def test_it():\n    pass\n';
const waits = `import os, time


def test_it():
    open(os.environ["BEGUN"], "w").close()
    time.sleep(600)
`;

interface Summary {
  readonly summary: Record<'covered_lines' | 'num_statements' | 'covered_branches' | 'num_branches', number>;
  readonly missing_lines: readonly number[];
}

for (const line of await pytestLines()) {
  describe(`the coverage of tests of ${line.name}`, function () {
    this.timeout(240_000);
    if ('missing' in line) return void it.skip(`is not measured on this machine: ${line.missing}`);
    const { python } = line;
    let workspace: TestWorkspace;
    before(async function () {
      await exec(python, ['-c', 'import coverage']).catch(() => {
        console.warn(`        skipped: ${python} does not have coverage.py; run "apt-get install python3-coverage"`);
        this.skip();
      });
    });
    afterEach(() => workspace?.remove());

    const settings = (env = {}) => JSON.stringify({ frameworks: { pytest: { python, env } } });

    async function measured(isolation: 'test' | 'file') {
      const notices: Notice[] = [];
      const warden = await workspace.warden(notices);
      const order = { run: 'r', selection: { kind: 'all' as const }, overrides: { isolation }, coverage: true };
      const summary = await warden.request('run', order);
      const coverage = await warden.request('coverage', { run: 'r' });
      const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
      const keyOf = (title: string) => records.find(({ test }) => test.titlePath.includes(title))!.test.key;
      const detail = (file: string, title?: string): Promise<CoverageDetail | null> =>
        warden.request('coverageDetail', {
          run: 'r',
          file: join(workspace.root, file),
          ...(title === undefined ? {} : { test: keyOf(title) }),
        });
      const ran = async (file: string, title: string) =>
        (await detail(file, title))?.lines.flatMap(([at, count]) => (count > 0 ? [at] : [])) ?? null;
      return { summary, coverage, records, detail, ran, keyOf };
    }

    /** By file, as coverage.py itself has it of the same tests. */
    async function coverageSays(): Promise<Record<string, Summary>> {
      const cwd = workspace.root;
      const report = join(cwd, '.own.json');
      const env = { ...process.env, COVERAGE_FILE: join(cwd, '.own') };
      await exec(python, ['-m', 'coverage', 'run', '--branch', '-m', 'pytest', '-q'], { cwd, env });
      await exec(python, ['-m', 'coverage', 'json', '-o', report], { cwd, env });
      const { files } = JSON.parse(readFileSync(report, 'utf8')) as { files: Record<string, Summary> };
      return Object.fromEntries(Object.entries(files).filter(([name]) => name.startsWith('src/')));
    }

    for (const isolation of ['test', 'file'] as const) {
      it(`is what coverage.py tells of the same tests, line by line, with a cage for each ${isolation}`, async () => {
        workspace = new TestWorkspace({ ...project, 'bulkhead.config.json': settings() });
        const [own, { summary, coverage, detail, ran }] = await Promise.all([coverageSays(), measured(isolation)]);
        assert.deepEqual(summary.counts, { passed: 6 });
        const byName = Object.fromEntries(
          coverage.files.map(each => [each.file.slice(workspace.root.length + 1), each] as const),
        );
        const names = ['src/other.py', 'src/price.py'];
        assert.deepEqual(
          [Object.keys(byName), Object.keys(own).toSorted()],
          [[...names, 'tests/conftest.py'].filter(name => name in byName), names],
        );
        for (const name of names) {
          const { covered_lines, num_statements, covered_branches, num_branches } = own[name]!.summary;
          const { lines, branches } = byName[name]!;
          assert.deepEqual(lines, { covered: covered_lines, total: num_statements }, name);
          assert.deepEqual(branches, { covered: covered_branches, total: num_branches }, name);
          const missed = (await detail(name))!.lines.flatMap(([at, count]) => (count === 0 ? [at] : []));
          assert.deepEqual(missed, own[name]!.missing_lines, name);
        }
        const functions = (await detail('src/price.py'))!.functions.map(({ name, count }) => `${name} ${count}`);
        assert.deepEqual(functions, [
          ...['net 1', 'Basket.__init__ 1', 'Basket.total 0', 'Basket.total.inner 0', 'Basket.unused 0', 'either 1'],
        ]);
        assert.deepEqual([coverage.missing, coverage.problems], [[], []]);
        // For each test; what is run when the file is loaded is a test's own only where it is alone.
        const body = async (title: string) => (await ran('src/price.py', title))!.filter(at => at > 5 && at < 18);
        assert.deepEqual(await body('test_negative'), [7, 8]);
        assert.deepEqual(await body('test_whole'), [7, 11, 12, 15]);
        assert.deepEqual(await body('[1]'), [7, 11, 12, 13, 16]);
        assert.deepEqual(await ran('src/other.py', 'test_whole'), isolation === 'test' ? [1, 4] : null);
      });
    }

    for (const when of ['while the tests run', 'while it is asked what could have run'] as const) {
      it(`has no more asked of Python by a Stop ${when}`, async () => {
        const during = when === 'while the tests run';
        workspace = new TestWorkspace({
          'own-python':
            '#!/bin/sh\ncase "$*" in *pytest_survey*) echo >>"$SURVEYS"; sleep 600;; esac\nexec "$PYTHON" "$@"\n',
          ...Object.fromEntries(
            ['a', 'b'].flatMap(name => [
              [`${name}/pytest.ini`, '[pytest]\n'],
              [`${name}/code_${name}.py`, 'VALUE = 1\n'],
              [`${name}/test_${name}.py`, `import code_${name}\n${name === 'b' && during ? waits : quick}`],
            ]),
          ),
        });
        chmodSync(join(workspace.root, 'own-python'), 0o755);
        const [surveys, begun] = ['surveys', 'begun'].map(name => join(workspace.root, name)) as [string, string];
        const env = { PYTHON: python, SURVEYS: surveys, BEGUN: begun };
        const own = { python: join(workspace.root, 'own-python'), env };
        workspace.write('bulkhead.config.json', JSON.stringify({ grace: 0, frameworks: { pytest: own } }));
        const notices: Notice[] = [];
        const warden = await workspace.warden(notices);
        assert.equal((await workspace.projects(warden)).length, 2);
        const run = warden.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {}, coverage: true });
        const ended = () => notices.some(({ notice }) => notice === 'record');
        await until('it is the moment', () => (during ? ended() && existsSync(begun) : existsSync(surveys)), 100_000);
        assert.equal((await warden.request('stop', { run: 'r', hard: false })).stoppedRuns, 1);
        const { counts } = await run;
        assert.deepEqual(counts, during ? { passed: 1, cancelled: 1 } : { passed: 2 });
        assert.equal(existsSync(surveys) ? readFileSync(surveys, 'utf8').length : 0, during ? 0 : 1);
        const told = notices.flatMap(notice => (notice.notice === 'problem' ? [notice.problem.message] : []));
        assert.deepEqual(told, ['What files of Python could run is not known: the run was stopped.']);
      });
    }

    it('is said to be missing where the survey of what could have run ran out of memory', async () => {
      workspace = new TestWorkspace({
        ...project,
        'own-python': `#!/bin/sh\ncase "$*" in *pytest_survey*) exec "$PYTHON" -c 'held = b"x" * (300 << 20)';; esac\nexec "$PYTHON" "$@"\n`,
      });
      chmodSync(join(workspace.root, 'own-python'), 0o755);
      const own = { python: join(workspace.root, 'own-python'), env: { PYTHON: python } };
      const frameworks = { pytest: own };
      workspace.write('bulkhead.config.json', JSON.stringify({ grace: 0, 'build.memory': '100 MiB', frameworks }));
      const notices: Notice[] = [];
      const warden = await workspace.warden(notices);
      const selection = { kind: 'all' } as const;
      const { counts } = await warden.request('run', { run: 'r', selection, overrides: {}, coverage: true });
      assert.deepEqual(counts, { passed: 6 });
      await until('it is told', () => notices.some(({ notice }) => notice === 'problem'), 20_000);
      const [told, ...more] = notices.flatMap(notice => (notice.notice === 'problem' ? [notice.problem] : []));
      assert.match(told!.message, /^What files of Python could run is not known: .*ran out of memory \(cap 100 MiB\)/);
      assert.match(told!.fix!, /"build\.memory"/);
      assert.deepEqual(more, []);
    });

    it('is kept of the others when a test dies, whose own is said to be missing', async () => {
      workspace = new TestWorkspace({ ...project, 'bulkhead.config.json': settings({ DIE: '1' }) });
      const { summary, coverage, ran, keyOf } = await measured('file');
      assert.deepEqual(summary.counts, { passed: 5, crashed: 1 });
      assert.deepEqual(coverage.missing, [keyOf('test_dies')]);
      assert.match(coverage.problems[0]!.message, /coverage of 1 test is missing/);
      assert.deepEqual((await ran('src/price.py', 'test_negative'))?.includes(8), true);
    });

    it('follows the configuration of coverage.py and writes nothing into the project, also where pytest-cov is asked to', async () => {
      const cov = await exec(python, ['-c', 'import pytest_cov']).then(
        () => '--cov=src --cov-report=xml --cov-config=tests/cov.ini',
        () => null,
      );
      const rc =
        '[run]\nomit = src/other.py\ncontext = nightly\ndynamic_context = test_function\n[report]\nexclude_lines =\n  class Basket\n';
      workspace = new TestWorkspace({
        ...project,
        [cov ? 'tests/cov.ini' : '.coveragerc']: rc,
        'pytest.ini': `${project['pytest.ini']}addopts = ${cov ?? ''}\n`,
        'bulkhead.config.json': settings(),
      });
      const { coverage, detail, ran } = await measured('file');
      assert.deepEqual(
        coverage.files.map(({ file }) => file.slice(workspace.root.length + 1)).filter(name => name.startsWith('src')),
        ['src/price.py'],
      );
      const { lines, functions } = (await detail('src/price.py'))!;
      // The class is left out, and what the usual comment leaves out counts.
      assert.deepEqual(
        functions.map(({ name }) => name),
        ['net', 'told', 'either'],
      );
      assert.ok(!lines.some(([at]) => at > 18 && at < 32), JSON.stringify(lines));
      assert.deepEqual(
        (await ran('src/price.py', 'test_negative'))?.filter(at => at < 18),
        [7, 8],
      );
      for (const name of ['.coverage', 'coverage.xml']) assert.ok(!existsSync(join(workspace.root, name)), name);
    });

    it('is said to be missing where the interpreter does not have coverage.py, with what to install', async () => {
      workspace = new TestWorkspace({
        ...project,
        'without/coverage.py': "raise ModuleNotFoundError(\"No module named 'coverage'\", name='coverage')\n",
      });
      workspace.write('bulkhead.config.json', settings({ PYTHONPATH: join(workspace.root, 'without') }));
      const { summary, coverage } = await measured('file');
      assert.deepEqual(summary.counts, { passed: 6 });
      assert.deepEqual([coverage.files, coverage.missing], [[], []]);
      assert.equal(coverage.problems.length, 1);
      assert.match(coverage.problems[0]!.message, /does not have coverage\.py/);
      assert.match(coverage.problems[0]!.fix!, /-m pip install coverage/);
    });
  });
}
