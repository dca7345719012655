import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import type { VerdictKind } from '../../src/protocol/verdict.ts';
import { pytestLines } from '../unit/frameworks/pytest/versions.ts';
import { marked } from './alive.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

/** Pytest's word for each test, and ours. The last word of a test with several is the worse one. */
const words: Readonly<Record<string, VerdictKind>> = {
  PASSED: 'passed',
  FAILED: 'failed',
  ERROR: 'error',
  SKIPPED: 'skipped',
  XFAIL: 'expected-failure',
  XPASS: 'unexpected-pass',
};

/** What pytest itself says of each test of the project. */
async function pytestSays(python: string, cwd: string): Promise<Record<string, VerdictKind>> {
  const env = { ...process.env, COLUMNS: '200', PY_COLORS: '0' };
  const args = ['-m', 'pytest', '-v', '--tb=no', '-p', 'no:cacheprovider', '-rN'];
  const run = promisify(execFile)(python, args, { cwd, env, maxBuffer: 64 * 1024 ** 2 });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const said: Record<string, VerdictKind> = {};
  for (const [, name, word] of stdout.matchAll(/^(\S.*?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b/gm)) {
    // A failure stands although the teardown fails too.
    if (said[name!] !== 'failed') said[name!] = words[word!]!;
  }
  return said;
}

/** The same tests by pytest's own ids. */
function byId({ records }: RunResult, root: string): Record<string, VerdictKind> {
  const idOf = (file: string, path: readonly string[]) =>
    path.reduce((id, title) => (title.startsWith('[') ? id + title : `${id}::${title}`), relative(root, file));
  return Object.fromEntries(records.map(({ test, verdict }) => [idOf(test.file, test.titlePath), verdict.kind]));
}

/** What only pytest and Python know, each between two neighbours that pass. */
const faults: Readonly<Record<string, VerdictKind>> = {
  segfault: 'crashed',
  forked_orphan: 'passed',
  child_goes_on: 'passed',
  pytest_exit: 'failed',
  interrupted: 'failed',
};

for (const line of await pytestLines()) {
  describe(`tests of ${line.name}`, function () {
    this.timeout(300_000);
    if ('missing' in line) return void it.skip(`are not run on this machine: ${line.missing}`);
    let workspace: TestWorkspace;
    const configured = (others: object) => ({
      'bulkhead.config.json': JSON.stringify({ ...others, frameworks: { pytest: { python: line.python } } }),
    });
    afterEach(() => workspace.remove());

    for (const isolation of ['test', 'file'] as const) {
      it(`get pytest's own verdict one by one, with a cage for each ${isolation}`, async () => {
        workspace = TestWorkspace.ofFixture('pytest-project', configured({ teardown: '20s' }));
        const [said, run] = await Promise.all([pytestSays(line.python, workspace.root), workspace.run({ isolation })]);
        assert.ok(Object.keys(said).length > 50, JSON.stringify(said).slice(0, 1000));
        // Pytest has no name for the tests of a file that skips itself as a whole.
        const { 'tests/test_skipped_as_a_whole.py::test_skipped_as_a_whole.py': whole, ...ours } = byId(
          run,
          workspace.root,
        );
        assert.equal(whole, 'skipped');
        assert.deepEqual(
          ours,
          said,
          JSON.stringify(run.records.map(record => [record.test.titlePath.at(-1)?.slice(0, 40), record.why])),
        );
        assert.equal(run.summary.counts.lost, undefined);
      });
    }

    it('get the right verdicts when they misbehave, and so do their neighbours in the same file', async () => {
      const mark = `bulkhead-test-${randomUUID()}`;
      workspace = TestWorkspace.ofFixture('pytest-faults', configured({ teardown: '20s' }));
      const run = await workspace.run({ isolation: 'file' }, { kind: 'all' }, { ...process.env, MARK: mark });
      for (const [fault, culprit] of Object.entries(faults)) {
        const records = run.records.filter(({ test }) => test.file.endsWith(`/test_${fault}.py`));
        const got = Object.fromEntries(records.map(({ test, verdict: { kind } }) => [test.titlePath[0]!, kind]));
        const expected = { test_before: 'passed', test_culprit: culprit, test_after: 'passed' };
        assert.deepEqual(got, expected, `${fault}: ${JSON.stringify(records.map(record => record.why))}`);
      }
      assert.equal(run.records.length, 3 * Object.keys(faults).length);
      assert.deepEqual(marked(mark), [], 'nothing may be left alive');
    });

    it('tell of a file that cannot be loaded, beside files that can', async () => {
      workspace = new TestWorkspace({
        'pytest.ini': '[pytest]',
        'test_import.py': 'import no_such_module',
        'test_syntax.py': 'def test_a(:\n    pass',
        'test_raises.py': 'def test_a(): pass\nraise RuntimeError("no database")',
        'test_exits.py': 'import os\nos._exit(0)',
        'test_leaves.py': 'import sys\nsys.exit(0)',
        'test_hangs.py': 'while True: pass',
        'test_well.py': 'def test_works(): pass',
        ...configured({ startup: '8s', timeout: '8s' }),
      });
      const { records, summary } = await workspace.run();
      const counts = { error: 6, passed: 1 };
      assert.deepEqual(
        summary.counts,
        counts,
        JSON.stringify(records.map(record => [record.test.file, record.verdict])),
      );
      const messageOf = (name: string) => {
        const record = records.find(({ test }) => test.file.endsWith(name))!;
        return JSON.stringify([record.verdict, record.messages]);
      };
      assert.match(messageOf('test_import.py'), /No module named 'no_such_module'/);
      assert.match(messageOf('test_syntax.py'), /SyntaxError/);
      assert.match(messageOf('test_raises.py'), /RuntimeError: no database/);
      assert.match(messageOf('test_leaves.py'), /SystemExit/);
      assert.match(messageOf('test_hangs.py'), /still running after 8 s/);
    });
  });
}
