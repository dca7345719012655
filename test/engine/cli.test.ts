import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mechanismOrder } from '../../src/cages/order.ts';
import { killNow } from '../../src/cages/owner.ts';
import { jsonFormat } from '../../src/reports/json.ts';
import { parseXml } from '../unit/reports/xml.ts';
import { marked, until } from './alive.ts';
import { bulkhead, CommandLine } from './command-line.ts';
import { shell, shellConfig, shellProject } from './shell-project.ts';
import type { TestWorkspace } from './workspace.ts';

const good = { 'good/one.sh': 'exit 0', 'good/two.sh': 'exit 0', 'good/skipped.sh': 'exit 77' };
const bad = {
  'bad/fails.sh': 'echo "what went <wrong>"; exit 3',
  'bad/loops.sh': 'while :; do :; done',
  'bad/hog.sh': `exec node -e 'const a=[];for(let i=0;i<96;i++)a.push(Buffer.alloc(4<<20,1))'`,
  'bad/leaves.sh': 'setsid sleep 60 >/dev/null 2>&1 </dev/null & sleep 0.05',
};

interface JsonDocument {
  format: number;
  run: { planned: number; counts: Record<string, number>; leaked: number; cancelled: boolean; journal: string };
  cage: { label: string; properties: Record<string, { level: string }> };
  tests: { file: string; headline: string; verdict: { kind: string } }[];
}

describe('bulkhead in the terminal', () => {
  const project = shellProject();
  let workspace: TestWorkspace;
  const mark = () => `bulkhead-test-${randomUUID()}`;
  const make = (files: Readonly<Record<string, string>>) => {
    workspace = project(files);
    return workspace.root;
  };

  describe('says by its exit code', () => {
    it('0 that everything passed or was skipped', async () => {
      const { code, stdout, stderr } = await bulkhead(make(good), 'run');
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /^3 tests: 2 passed, 1 skipped in /m);
      assert.match(stdout, /^Cage: /m);
      assert.match(stdout, /^Journal: .*journal\.ndjson$/m);
      assert.equal(stderr, '');
    });

    it('1 that tests failed, each with its category and numbers', async () => {
      const { code, stdout } = await bulkhead(make({ ...good, ...bad }), 'run --timeout 5s');
      assert.equal(code, 1);
      assert.match(stdout, /✗ fails\.sh {2}bad\/fails\.sh\n {4}Failed after .*\n(.*\n)* {6}what went <wrong>\n/);
      assert.match(stdout, / {4}Timed out after 5(\.\d+)? s \(limit 5 s\)/);
      assert.match(stdout, / {4}Out of memory: .*128 MiB/);
      assert.match(stdout, /! leaves\.sh .*\n {4}Passed .* · left 1 process running \(killed\)/);
      assert.match(stdout, /^7 tests: 3 passed, 1 failed, 1 skipped, 1 timed out, 1 out of memory in /m);
      assert.match(stdout, /^1 test left processes running, which were killed$/m);
    });

    it('1 that a leak failed a test where the policy says so', async () => {
      const { code } = await bulkhead(make({ 'a.sh': bad['bad/leaves.sh'] }), 'run --leaks fail --quiet');
      assert.equal(code, 1);
    });

    it('2 that the configuration is wrong, every fault at once, with nothing run', async () => {
      const written = '{\n"memory": "lots",\n"memroy": 1\n}';
      const { code, stdout, stderr } = await bulkhead(make({ ...good, 'bulkhead.config.json': written }), 'run', {
        SWAP_MAX: 'some',
      });
      assert.equal(code, 2);
      assert.equal(stdout, '');
      const file = join(workspace.root, 'bulkhead.config.json');
      assert.ok(stderr.includes(`error: ${file}:2: memory: expected a size such as "512 MiB" or "2 GiB", got "lots"`));
      assert.ok(stderr.includes(`error: ${file}:3: memroy: unknown key\n  Did you mean "memory"?`));
      assert.ok(stderr.includes('error: SWAP_MAX: expected a size'));
      assert.equal(existsSync(join(workspace.root, '.bulkhead')), false);
    });

    it('2 that a path is wrong, by name', async () => {
      const root = make({ ...good, 'notes.txt': '' });
      const { code, stderr } = await bulkhead(root, 'run good/gone.sh ../elsewhere.sh /etc good/one.sh');
      assert.equal(code, 2);
      assert.match(stderr, /error: good\/gone\.sh does not exist/);
      assert.match(stderr, /error: \.\.\/elsewhere\.sh is outside the workspace folder/);
      assert.match(stderr, /error: \/etc is outside the workspace folder/);
      const other = await bulkhead(root, 'run notes.txt good/one.sh');
      assert.equal(other.code, 2);
      assert.match(other.stderr, /error: notes\.txt is not a test file of any project/);
    });

    it('2 that a framework of the project is not installed, after running the others', async () => {
      const root = make({
        ...good,
        'bulkhead.config.json': shellConfig({ frameworks: { command: [shell] } }),
        'package.json': '{"devDependencies": {"mocha": "^11"}}',
        '.mocharc.json': '{"spec": "spec/*.js"}',
        'spec/a.js': '',
      });
      const { code, stdout } = await bulkhead(root, 'run');
      assert.equal(code, 2, stdout);
      assert.match(stdout, /error: .*mocha/i);
      assert.match(stdout, /^3 tests: 2 passed, 1 skipped/m);
      assert.equal((await bulkhead(root, 'run good')).code, 0);
    });

    it('3 that its warden died, and what was known by then', async () => {
      const name = mark();
      const root = make({ 'a.sh': 'exit 3', 'b.sh': 'sleep 60' });
      const command = new CommandLine(root, ['run'], { MARK: name });
      await until('a failure is shown', () => command.stdout.includes('✗ a.sh'));
      await until('the other runs', () => marked(name).some(({ command }) => command.includes('b.sh')));
      killNow(marked(name).find(({ command }) => command.includes('warden.cjs'))!.pid);
      const { code, stdout, stderr } = await command.ended;
      assert.equal(code, 3);
      assert.match(stderr, /error: Bulkhead's warden was killed by SIGKILL/);
      assert.match(stdout, /1 of 2 tests had a verdict/);
      // Only the next warden would find what this one left, and not in every kind of cage.
      for (const { pid } of marked(name)) killNow(pid);
    });

    it('3 that its warden was asked to end, which is no fault of Bulkhead', async () => {
      const name = mark();
      const command = new CommandLine(make({ 'b.sh': 'touch begun; sleep 60' }), ['run'], { MARK: name });
      await until('it runs', () => marked(name).some(({ command }) => command.includes('b.sh')));
      process.kill(marked(name).find(({ command }) => command.includes('warden.cjs'))!.pid, 'SIGTERM');
      const { code, stderr } = await command.ended;
      assert.deepEqual(
        [code, /^error: .*warden/.test(stderr), stderr.includes('A fault of')],
        [3, true, false],
        stderr,
      );
      assert.deepEqual(marked(name), []);
    });

    it('3 that there is no cage to run anything in', async () => {
      const { code, stderr } = await bulkhead(make(good), 'run', { BULKHEAD_FORBID: mechanismOrder.join(',') });
      assert.equal(code, 3);
      assert.match(stderr, /error: No cage can be had on this machine\./);
    });

    it('4 that there is nothing to run', async () => {
      const root = make({});
      for (const command of ['run', 'list']) {
        const { code, stderr } = await bulkhead(root, command);
        assert.equal(code, 4, command);
        assert.match(stderr, /error: no tests were found in .*\n {2}.*pytest.*ctest.*bulkhead\.config\.json/);
      }
    });
  });

  describe('runs', () => {
    it('what is named, relative to the current folder, and nothing else', async () => {
      const root = make({ ...good, 'other/three.sh': 'exit 9' });
      assert.match((await bulkhead(root, 'run good/one.sh good/two.sh')).stdout, /^2 tests: 2 passed/m);
      const below = await bulkhead(join(root, 'good'), `run --folder ${root} one.sh`);
      assert.deepEqual([below.code, /^1 test: 1 passed/m.test(below.stdout)], [0, true], below.stderr);
    });

    it('with the limits of the file, below the environment, below the flags', async () => {
      const capped = async (line: string, env = {}) => {
        const { stdout } = await bulkhead(workspace.root, `run --json ${line}`, env);
        const { tests } = JSON.parse(stdout) as { tests: { limits: { memoryBytes: number; timeoutMs: number } }[] };
        return [tests[0]!.limits.memoryBytes / 1024 ** 2, tests[0]!.limits.timeoutMs];
      };
      make({ 'a.sh': 'exit 0' });
      const env = { MEM_MAX: '96M', TIMEOUT_PER_TEST: '7' };
      assert.deepEqual(await capped(''), [128, 60_000]);
      assert.deepEqual(await capped('', env), [96, 7000]);
      assert.deepEqual(await capped('--memory 80M', env), [80, 7000]);
    });

    it('quietly, when asked', async () => {
      const { stdout } = await bulkhead(make(good), 'run --quiet');
      assert.match(stdout, /^3 tests: 2 passed, 1 skipped in .*\n$/);
    });

    it('in colour only where that is wanted', async () => {
      const root = make({ 'a.sh': 'exit 1' });
      const plain = { FORCE_COLOR: undefined, NO_COLOR: undefined };
      const red = '\x1b[31m✗';
      assert.ok(!(await bulkhead(root, 'run', plain)).stdout.includes('\x1b'));
      assert.ok((await bulkhead(root, 'run', { ...plain, FORCE_COLOR: '1' })).stdout.includes(red));
      assert.ok(!(await bulkhead(root, 'run --no-color', { FORCE_COLOR: '1' })).stdout.includes('\x1b'));
    });
  });

  describe('reports', () => {
    it('one JSON document on standard output, everything else on standard error', async () => {
      const { code, stdout, stderr } = await bulkhead(make({ ...good, 'bad.sh': 'exit 3' }), 'run --json');
      const document = JSON.parse(stdout) as JsonDocument;
      assert.equal(code, 1);
      assert.equal(document.format, jsonFormat);
      assert.equal(document.run.planned, 4);
      assert.deepEqual(document.tests.map(({ file, verdict }) => `${file} ${verdict.kind}`).sort(), [
        'bad.sh failed',
        'good/one.sh passed',
        'good/skipped.sh skipped',
        'good/two.sh passed',
      ]);
      assert.equal(
        Object.values(document.run.counts).reduce((sum, count) => sum + count, 0),
        4,
      );
      assert.ok(document.cage.label);
      assert.ok(existsSync(document.run.journal));
      assert.match(stderr, /✗ bad\.sh/);
    });

    it('as JUnit, Markdown and JSON into files', async () => {
      const root = make({ ...good, ...bad });
      const files = ['r/junit.xml', 'r/summary.md', 'r/full.json'];
      await bulkhead(root, `run --timeout 1s --quiet ${files.map(file => `--output ${file}`).join(' ')}`);
      const [junit, markdown, json] = files.map(file => readFileSync(join(root, file), 'utf8'));
      const suites = parseXml(junit!);
      const { tests, failures, errors, skipped } = suites.attributes;
      assert.deepEqual([tests, failures, errors, skipped], ['7', '1', '2', '1']);
      const failed = suites.children.find(({ attributes }) => attributes['name'] === 'bad/fails.sh');
      assert.match(JSON.stringify(failed), /what went <wrong>/);
      assert.match(markdown!, /^# Test run: 3 failures\n/);
      assert.equal((JSON.parse(json!) as JsonDocument).tests.length, 7);
    });

    it('the tests there are', async () => {
      const root = make(good);
      const { code, stdout } = await bulkhead(root, 'list good/one.sh good/two.sh');
      assert.deepEqual([code, stdout.trim().split('\n').at(-1)], [0, '2 tests in 2 files']);
      const listed = JSON.parse((await bulkhead(root, 'list --json')).stdout) as {
        projects: { framework: string; files: { file: string; tests: { titlePath: string[] }[] }[] }[];
      };
      assert.deepEqual(
        listed.projects.flatMap(({ files }) => files.map(({ file, tests }) => [file, tests.length])),
        [
          ['good/one.sh', 1],
          ['good/skipped.sh', 1],
          ['good/two.sh', 1],
        ],
      );
    });

    it('nothing of itself into version control', async () => {
      await bulkhead(make(good), 'run --quiet');
      assert.equal(readFileSync(join(workspace.root, '.bulkhead/.gitignore'), 'utf8'), '*\n');
    });
  });
});
