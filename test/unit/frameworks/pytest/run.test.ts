import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bed, endOf, endsOf, kindsOf, openBed } from './bed.ts';
import { pytestLines } from './versions.ts';

const one = (...path: string[]) => [{ path, ordinal: 0 }];

for (const line of await pytestLines()) {
  describe(`running with ${line.name}`, function () {
    this.timeout(120_000);
    if ('missing' in line) return void it.skip(`is not tested on this machine: ${line.missing}`);
    let bed: Bed;
    let project: string;

    before(() => {
      bed = openBed(line.python);
      project = bed.project('pytest-project');
    });
    after(() => bed?.remove());

    it('says of a module that is not there whose it is, and which Python lacks it', async () => {
      const root = bed.write({
        'pytest.ini': '[pytest]\n',
        'src/mine/__init__.py': '',
        'test_mine.py': 'import mine.core\n',
        'test_other.py': '\nimport nowhere_to_be_found\n',
      });
      const [mine, other] = await Promise.all(
        ['test_mine.py', 'test_other.py'].map(async file => (await bed.discover(root, file)).problem!),
      );
      assert.match(mine!.message, /No module named 'mine'/);
      assert.match(mine!.fix!, /pip install -e \..*"pythonpath = src"/);
      assert.equal(other!.line, 2);
      assert.ok(other!.fix!.includes(`Install it for ${line.python}`), other!.fix);
      assert.match(other!.fix!, /"frameworks\.pytest\.python"/);
    });

    it('tells in which sub-test a test failed, and passes one that skips a part', async function () {
      if (Number(/^pytest (\d+)/.exec(line.name)?.[1]) < 9) this.skip(); // Sub-tests came with pytest 9.
      const root = bed.write({
        'pytest.ini': '[pytest]\n',
        'test_parts.py': [
          'import time, unittest, pytest',
          'class Parts(unittest.TestCase):',
          '    def test_fails(self):',
          '        for n in range(3):',
          '            with self.subTest("part", n=n):',
          '                self.assertNotEqual(n, 1)',
          '    def test_skips_one(self):',
          '        for n in range(3):',
          '            with self.subTest(n=n):',
          '                if n == 1: self.skipTest("one")',
          'def test_fixture(subtests):',
          '    with subtests.test(n="x"):',
          '        raise MemoryError',
          'def test_skips_one(subtests):',
          '    with subtests.test():',
          '        pytest.skip("one")',
        ].join('\n'),
      });
      const outcome = await bed.run(root, 'test_parts.py');
      assert.deepEqual(endsOf(outcome).sort(), [
        'Parts › test_fails: failed',
        'Parts › test_skips_one: passed',
        'test_fixture: failed',
        'test_skips_one: passed',
      ]);
      const [assertion] = endOf(outcome, 'test_fails').failures!;
      assert.match(assertion!.text, /^1 == 1\nin the sub-test \[part\] \(n=1\)$/);
      assert.deepEqual([assertion!.file, assertion!.line], [join(root, 'test_parts.py'), 6]);
      const [memory] = endOf(outcome, 'test_fixture').failures!;
      assert.match(memory!.text, /^MemoryError\nin the sub-test \(n='x'\)$/);
    });

    it('tells what became of each test of a file', async () => {
      const outcome = await bed.run(project, 'tests/test_outcomes.py');
      assert.deepEqual(endsOf(outcome), [
        // Said before the first test begins.
        'test_slow: skipped',
        'test_passes: passed',
        'test_fails: failed',
        'test_raises: failed',
        'test_needs_database: error',
        'test_is_untidy: error',
        'test_fails_and_is_untidy: failed',
        'test_lacks_fixture: error',
        'test_is_skipped: skipped',
        'test_skips_itself: skipped',
        'test_is_skipped_here: skipped',
        'test_fails_as_expected: failed-as-expected',
        'test_passes_unexpectedly: passed-unexpectedly',
        'test_passes_strictly_unexpectedly: failed',
        'test_is_not_run: failed-as-expected',
        'test_fails_otherwise: failed',
        'test_xfails_itself: failed-as-expected',
        'test_leaves_by_sys_exit: failed',
      ]);
      const reasons = ['test_is_skipped', 'test_skips_itself', 'test_fails_as_expected', 'test_slow'];
      assert.deepEqual(
        reasons.map(title => endOf(outcome, title).reason),
        ['later', 'not today', 'bug 7', "deselected by the configuration of pytest (-m 'not slow')"],
      );
      assert.deepEqual(outcome.events.at(-1), { t: 'bye', code: 1, s: outcome.events.length - 1 });
      assert.equal(outcome.code, 1);
      assert.deepEqual(
        outcome.events.map(event => event.s),
        outcome.events.map((_, index) => index),
      );
      assert.equal(outcome.stdout, '', 'what the terminal would be told is told by events');
    });

    it('shows text, expected and actual, pytest’s own account, and the place in the user’s code', async () => {
      const outcome = await bed.run(project, 'tests/test_outcomes.py');
      const file = join(project, 'tests/test_outcomes.py');
      const [compared] = endOf(outcome, 'test_fails').failures!;
      assert.match(compared!.text, /^assert \{'a': \[1, 2\]\} == \{'a': \[1, 3\]\}/);
      assert.deepEqual([compared!.expected, compared!.actual], ["{'a': [1, 3]}", "{'a': [1, 2]}"]);
      assert.match(compared!.stack!, /^E +AssertionError: assert/m);
      assert.deepEqual([compared!.file, compared!.line], [file, 10]);
      const [raised] = endOf(outcome, 'test_raises').failures!;
      assert.deepEqual([raised!.text, raised!.line, raised!.expected], ['ValueError: what a value', 14, undefined]);
      const database = endOf(outcome, 'test_needs_database');
      assert.equal(database.phase, 'hook');
      assert.equal(database.failures![0]!.text, 'The set-up of the test failed: ConnectionError: no database');
      assert.deepEqual([database.failures![0]!.file, database.failures![0]!.line], [join(project, 'conftest.py'), 6]);
      assert.equal(endOf(outcome, 'test_is_untidy').phase, 'teardown');
      assert.deepEqual(
        endOf(outcome, 'test_fails_and_is_untidy').failures!.map(({ text }) => text.split('\n')[0]),
        ['assert 1 == 2', 'The teardown after the test failed: RuntimeError: cannot clean up'],
      );
      assert.match(endOf(outcome, 'test_lacks_fixture').failures![0]!.text, /fixture 'no_such_fixture' not found/);
    });

    it('passes on what pytest captured', async () => {
      const { events } = await bed.run(project, 'tests/test_outcomes.py', one('test_passes'));
      assert.deepEqual(
        events.map(event => (event.t === 'output' ? event.text : event.t)),
        ['hello', 'start', 'to stdout\n', 'end', 'bye'],
      );
    });

    it('runs exactly the tests that it is told', async () => {
      const order = [
        { path: ['test_product', '[a0-2]'], ordinal: 0 },
        { path: ['TestOuter', 'TestInner', 'test_method', '[1.5]'], ordinal: 0 },
        { path: ['test_odd', '[x::y]'], ordinal: 0 },
        { path: ['test_odd', '[$^.*(){}|\\\\]'], ordinal: 0 },
      ];
      const wanted = (await bed.discover(project, 'tests/test_shapes.py')).tests.filter(test =>
        order.some(each => JSON.stringify(each.path) === JSON.stringify(test.titlePath)),
      );
      assert.ok(wanted.length >= 3, JSON.stringify(wanted));
      for (const { titlePath, ordinal } of wanted) {
        const outcome = await bed.run(project, 'tests/test_shapes.py', [{ path: titlePath, ordinal }]);
        assert.deepEqual(
          outcome.events.flatMap(event => (event.t === 'start' ? [event.path] : [])),
          [titlePath],
        );
      }
      const together = wanted.map(({ titlePath, ordinal }) => ({ path: titlePath, ordinal }));
      assert.equal(endsOf(await bed.run(project, 'tests/test_shapes.py', together)).length, wanted.length);
    });

    it('leaves no trace of itself to the user’s code', async () => {
      const root = bed.write({
        'helper.py': 'value = 1',
        'test_trace.py': `
import __main__, multiprocessing, os, stat, sys, helper
def test_environment():
    assert not [name for name in os.environ if name.startswith("BULKHEAD_") and name != "BULKHEAD_CAGE"]
    assert os.environ["BULKHEAD_CAGE"] == "a-cookie"
def test_paths():
    assert os.getcwd() in sys.path and not [path for path in sys.path if "inside" in path or path == ""]
    assert __main__.__spec__.name == "pytest.__main__" and sys.argv[0].endswith("__main__.py")
def test_descriptor():
    assert not os.get_inheritable(3) and not stat.S_ISREG(os.fstat(3).st_mode)
    assert os.spawnlp(os.P_WAIT, "sh", "sh", "-c", ": >&3") != 0
def child(queue): queue.put(helper.value)
def test_spawned():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    worker = context.Process(target=child, args=(queue,))
    worker.start()
    assert queue.get(timeout=30) == 1
    worker.join()
`,
      });
      const outcome = await bed.run(root, 'test_trace.py');
      const states = ['test_environment', 'test_paths', 'test_descriptor', 'test_spawned'].map(
        name => `${name}: passed`,
      );
      assert.deepEqual(endsOf(outcome), states, JSON.stringify(outcome.events));
    });

    it('is not deceived by a test that replaces what it reports with', async () => {
      const root = bed.write({
        'test_vandal.py': `
import json, os, select, time
encode = json.JSONEncoder.encode
def test_vandal():
    json.JSONEncoder.encode = os.write = os._exit = select.select = time.monotonic = None
def test_still_heard():
    json.JSONEncoder.encode = encode
    assert 1 == 2
`,
      });
      const outcome = await bed.run(root, 'test_vandal.py');
      assert.equal(kindsOf(outcome), 'hello start end start end bye');
    });

    it('overrules what would keep a few tests from running by themselves', async () => {
      const options = '-x --pdb --lf --sw --junitxml=report.xml --basetemp=temporary --collect-only -n 2';
      const root = bed.write({
        'pytest.ini': `[pytest]\naddopts = ${options}`,
        'temporary/kept.txt': '',
        'test_a.py': 'def test_a(tmp_path): assert 0\ndef test_b(): pass\ndef test_c(): assert 0',
      });
      for (let times = 0; times < 2; times++) {
        const outcome = await bed.run(root, 'test_a.py');
        assert.deepEqual(endsOf(outcome), ['test_a: failed', 'test_b: passed', 'test_c: failed'], outcome.stderr);
      }
      assert.ok(existsSync(join(root, 'temporary/kept.txt')));
      assert.ok(!existsSync(join(root, 'report.xml')));
    });

    it('keeps the user’s capture, import mode, warnings and arguments', async () => {
      const root = bed.write({
        'pyproject.toml':
          '[tool.pytest.ini_options]\naddopts = "-q -s -W error --strict-markers --import-mode=importlib"\n',
        'conftest.py': 'def pytest_addoption(parser): parser.addoption("--level", default="none")',
        'test_a.py': `
import warnings
def test_level(request): print("level", request.config.getoption("--level"))
def test_warns(): warnings.warn("old")
`,
      });
      const outcome = await bed.run(root, 'test_a.py', undefined, { args: ['--level', 'high'] });
      assert.deepEqual(endsOf(outcome), ['test_level: passed', 'test_warns: failed']);
      assert.match(outcome.stdout, /level high/);
    });

    it('says why pytest does not start, or does not go on', async () => {
      const root = bed.write({
        'usage/pytest.ini': '[pytest]\naddopts = --no-such-option',
        'usage/test_a.py': 'def test_a(): pass',
        'conftest/pytest.ini': '[pytest]',
        'conftest/conftest.py': '\nimport no_such_module',
        'conftest/test_a.py': 'def test_a(): pass',
        'internal/pytest.ini': '[pytest]',
        'internal/conftest.py':
          'def pytest_runtest_logstart(nodeid):\n    if "test_b" in nodeid: raise RuntimeError("own fault")',
        'internal/test_a.py': 'def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass',
      });
      const errorOf = async (file: string) => {
        const { events } = await bed.run(root, file);
        const error = events.find(event => event.t === 'error');
        return [error?.phase, error?.failure];
      };
      const [usage, conftest] = [await errorOf('usage/test_a.py'), await errorOf('conftest/test_a.py')];
      assert.equal(usage[0], 'load');
      assert.match(JSON.stringify(usage[1]), /pytest cannot start: .*no-such-option/);
      const file = join(root, 'conftest/conftest.py');
      const text = "conftest.py cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'";
      assert.deepEqual(conftest, ['load', { text, file, line: 2 }]);
      const internal = await bed.run(root, 'internal/test_a.py');
      assert.deepEqual(endsOf(internal), ['test_a: passed', 'test_b: error']);
      assert.match(endOf(internal, 'test_b').failures![0]!.text, /^INTERNALERROR of pytest: RuntimeError: own fault/);
      assert.equal(kindsOf(internal), 'hello start end start end', 'without a last word the rest is run again');
    });

    it('says nothing from a forked child that goes on by mistake', async () => {
      const faults = bed.project('pytest-faults');
      const outcome = await bed.run(faults, 'test_child_goes_on.py');
      assert.equal(kindsOf(outcome), 'hello start end start end start end bye');
    });

    it('is heard until the moment of death', async () => {
      const root = bed.write({
        'test_many.py': `
import os, pytest, signal
@pytest.mark.parametrize("n", range(500))
def test_many(n):
    if n == 400: os.kill(os.getpid(), signal.SIGKILL)
`,
      });
      const { events, signal } = await bed.run(root, 'test_many.py');
      assert.equal(signal, 'SIGKILL');
      assert.equal(events.filter(event => event.t === 'end').length, 400);
      assert.equal(events.at(-1)?.t, 'start');
    });

    it('writes nothing into the folder of its programs', () => {
      const inside = join(import.meta.dirname, '../../../../src/frameworks/pytest/inside');
      assert.ok(!existsSync(join(inside, 'bulkhead_inside/__pycache__')));
      assert.match(readFileSync(join(inside, 'pytest_run.py'), 'utf8'), /dont_write_bytecode/);
    });
  });
}
