import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { CoverageDetail } from '../../src/protocol/coverage.ts';
import type { TestInfo } from '../../src/protocol/tests.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { installFixture } from '../unit/frameworks/installed.ts';
import { bulkhead } from './command-line.ts';
import { readLcov } from './lcov.ts';
import { TestWorkspace } from './workspace.ts';

const all = { kind: 'all' } as const;

const uncovered = (detail: CoverageDetail | null) =>
  detail?.lines.flatMap(([line, count]) => (count === 0 ? [line] : []));

describe('the coverage of a run', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  /** Measures everything, and answers questions about it by titles. */
  async function measured(overrides = {}) {
    const notices: Notice[] = [];
    const warden = await workspace.warden(notices);
    await warden.request('run', { run: 'r', selection: all, overrides, coverage: true });
    const coverage = await warden.request('coverage', { run: 'r' });
    const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
    const testOf = (title: string): TestInfo => records.find(({ test }) => test.titlePath.at(-1) === title)!.test;
    const detail = (file: string, title?: string) =>
      warden.request('coverageDetail', {
        run: 'r',
        file: join(workspace.root, file),
        ...(title === undefined ? {} : { test: testOf(title).key }),
      });
    const titles = (keys: readonly string[]) =>
      keys.map(key => records.find(({ test }) => test.key === key)?.test.titlePath.at(-1) ?? key).toSorted();
    return { warden, coverage, records: records as readonly TestRecord[], detail, titles };
  }

  const sources = {
    'src/sign.js': [
      '// The sign of a number.',
      'export function sign(x) {', // 2
      '  if (x < 0) {',
      '    return -1;', // 4
      '  } else if (x > 0) {',
      '    return 1;', // 6
      '  }',
      '  return 0;', // 8
      '}',
      '',
      'export class Shape {', // 11
      '  area() {',
      '    return sign(1) ? 2 : null;',
      '  }',
      '',
      '  unused() {', // 16
      '    return 3;',
      '  }',
      '}',
      '',
    ].join('\n'),
    'src/old.cjs': 'exports.twice = x => x * 2;\nexports.never = function never() {\n  return 1;\n};\n',
    'src/typed.ts': [
      'export interface Point {',
      '  readonly x: number;',
      '}',
      'export function label({ x }: Point): string {',
      '  switch (x) {',
      '    case 1:',
      "      return 'one';",
      '    default:',
      '      return String(x);',
      '  }',
      '}',
      '',
    ].join('\n'),
  };

  describe('of node:test', () => {
    beforeEach(() => {
      workspace = new TestWorkspace({
        'package.json': '{ "type": "module", "scripts": { "test": "node --test" } }',
        ...sources,
        'test/sign.test.js': [
          "import test from 'node:test';",
          "import { Shape, sign } from '../src/sign.js';",
          "test('positive', () => void sign(1));",
          "test('negative', () => void sign(-1));",
          "test('area', t => { new Shape().area(); t.test('zero', () => void sign(0)); });",
        ].join('\n'),
        'test/more.test.js': [
          "import test from 'node:test';",
          "import { spawnSync } from 'node:child_process';",
          "import old from '../src/old.cjs';",
          "import { label } from '../src/typed.ts';",
          "test('old', () => void old.twice(2));",
          "test('typed', () => void label({ x: 1 }));",
          "test('child', () => void spawnSync(process.execPath, ['src/sign.js']));",
        ].join('\n'),
      });
    });

    it("is what Node's own runner tells of the same tests, file by file", async () => {
      const own = mkdtempSync(join(tmpdir(), 'bulkhead-lcov-'));
      try {
        const { code, stdout, stderr } = await bulkhead(workspace.root, 'run --output lcov.info');
        assert.equal(code, 0, stdout + stderr);
        assert.match(stdout + stderr, /Coverage of 3 files: [\d.]+ % of lines/);
        const lcov = ['--test-reporter=lcov', `--test-reporter-destination=${join(own, 'lcov.info')}`];
        const args = ['--test', '--experimental-test-coverage', '--no-warnings', ...lcov];
        // Under mocha's own test runner variables, Node would take itself for a child of another runner.
        const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: '' };
        execFileSync(process.execPath, args, { cwd: workspace.root, env });
        const nodes = readLcov(join(own, 'lcov.info'));
        assert.deepEqual(Object.keys(nodes).toSorted(), ['src/old.cjs', 'src/sign.js', 'src/typed.ts']);
        assert.deepEqual(readLcov(join(workspace.root, 'lcov.info')), nodes);
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    });

    it('is known for each test, and which tests ran a file', async () => {
      const { coverage, detail, titles } = await measured();
      const file = coverage.files.find(each => each.file.endsWith('sign.js'))!;
      assert.deepEqual(titles(file.tests.map(at => coverage.tests[at]!)), [
        'area',
        'child',
        'negative',
        'positive',
        'zero',
      ]);
      assert.deepEqual(uncovered(await detail('src/sign.js')), [17, 18]);
      assert.deepEqual(uncovered(await detail('src/sign.js', 'positive')), [4, 8, 13, 14, 17, 18]);
      assert.deepEqual(uncovered(await detail('src/sign.js', 'area')), [4, 17, 18]);
      assert.deepEqual(coverage.missing, []);
    });

    it('is kept where what tests write in the workspace is not', async () => {
      const { coverage, records } = await measured({ workspaceWrites: 'discarded' });
      assert.deepEqual([...new Set(records.map(({ verdict }) => verdict.kind))], ['passed']);
      const files = coverage.files.map(({ file }) => file.slice(workspace.root.length + 1)).toSorted();
      assert.deepEqual(files, ['src/old.cjs', 'src/sign.js', 'src/typed.ts']);
    });

    it('is known for each test of a cage that is shared, too', async () => {
      const { coverage, detail } = await measured({ isolation: 'file' });
      assert.deepEqual(coverage.missing, []);
      assert.deepEqual(uncovered(await detail('src/sign.js')), [17, 18]);
      const ranBy = async (title: string) => {
        const lines = (await detail('src/sign.js', title))!.lines;
        return lines.flatMap(([line, count]) => (count > 0 && [4, 6, 8].includes(line) ? [line] : []));
      };
      assert.deepEqual(await ranBy('positive'), [6]);
      assert.deepEqual(await ranBy('negative'), [4]);
      // With its sub-test.
      assert.deepEqual(await ranBy('area'), [6, 8]);
      assert.deepEqual(await ranBy('zero'), [8]);
      assert.equal(await detail('src/sign.js', 'old'), null);
    });
  });

  describe('of mocha', () => {
    beforeEach(() => {
      workspace = new TestWorkspace({
        'package.json': '{ "type": "module", "devDependencies": { "mocha": "*" } }',
        '.mocharc.json': '{ "spec": "test/*.js", "node-option": ["no-warnings"] }',
        ...sources,
        'test/sign.js': [
          "import { Shape, sign } from '../src/sign.js';",
          "describe('sign', () => {",
          '  beforeEach(() => void sign(0));',
          "  it('positive', () => void sign(1));",
          "  it('negative', () => void sign(-1));",
          "  it('area', () => void new Shape().area());",
          '});',
        ].join('\n'),
      });
      workspace.linkFrameworks();
    });

    it('is what c8 tells of the same tests, but for what is left out, which c8 counts as run', async function () {
      // It is installed first.
      this.timeout(240_000);
      const program = join(await installFixture('coverage-versions'), 'c8/bin/c8.js');
      const mocha = resolve(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
      const args = ['--reporter=lcovonly', '--include=src/**', process.execPath, mocha];
      const cwd = workspace.root;
      for (const more of ['', '/* c8 ignore next 3 */\nexport function ignored() {\n  return 4;\n}\n']) {
        workspace.write('src/sign.js', sources['src/sign.js'] + more);
        const env = { ...process.env, NODE_V8_COVERAGE: undefined };
        const [{ code, stdout, stderr }] = await Promise.all([
          bulkhead(cwd, 'run --isolation file --output lcov.info'),
          promisify(execFile)(process.execPath, [program, ...args], { cwd, env }),
        ]);
        assert.equal(code, 0, stdout + stderr);
        const [own, theirs] = ['lcov.info', 'coverage/lcov.info'].map(
          name => readLcov(join(cwd, name))['src/sign.js']!,
        );
        assert.deepEqual(own!.missed, theirs!.missed);
        if (more === '') assert.deepEqual(own, theirs);
        else assert.notDeepEqual(own!.sums, theirs!.sums);
      }
    });

    for (const isolation of ['test', 'file'] as const) {
      it(`is known in all, and for each test with its hooks, with a cage for each ${isolation}`, async () => {
        const { coverage, detail, titles } = await measured({ isolation });
        assert.deepEqual(coverage.missing, []);
        const [file, ...more] = coverage.files;
        assert.deepEqual(more, []);
        assert.deepEqual(titles(file!.tests.map(at => coverage.tests[at]!)), ['area', 'negative', 'positive']);
        assert.deepEqual(uncovered(await detail('src/sign.js')), [17, 18]);
        const ran = (await detail('src/sign.js', 'negative'))!.lines.filter(([, count]) => count > 0);
        assert.deepEqual(
          ran.map(([line]) => line).filter(line => [4, 6, 8, 13].includes(line)),
          [4, 8],
        );
      });
    }
  });

  it('is missing of a test that is killed, which is said, and the caps hold all the same', async () => {
    workspace = new TestWorkspace({
      'package.json': '{ "type": "module", "scripts": { "test": "node --test" } }',
      ...sources,
      'hog.test.js': [
        "import test from 'node:test';",
        "import { sign } from './src/sign.js';",
        "test('hogs', () => { sign(1); const kept = []; for (let at = 0; at < 400; at++) kept.push(Buffer.alloc(1024 ** 2, 1)); });",
        "test('behaves', () => void sign(-1));",
        "test('stays', () => { sign(0); setInterval(() => {}, 1000); });",
      ].join('\n'),
    });
    const { coverage, detail, records, titles } = await measured({ memory: 160 * 1024 ** 2, teardown: 1000, grace: 0 });
    const verdicts = new Map(records.map(({ test, verdict }) => [test.titlePath.at(-1), verdict.kind]));
    assert.equal(verdicts.get('hogs'), 'out-of-memory');
    assert.deepEqual(titles(coverage.missing), ['hogs']);
    assert.match(coverage.problems.map(({ message }) => message).join(), /coverage of 1 test is missing/);
    assert.deepEqual(uncovered(await detail('src/sign.js'))?.includes(4), false);
    // It had told what it ran when it ended, and its process was killed after that.
    assert.equal(verdicts.get('stays'), 'timed-out');
    assert.deepEqual(uncovered(await detail('src/sign.js', 'stays'))?.includes(8), false);
  });

  it('goes on with the run', async () => {
    workspace = new TestWorkspace({
      'package.json': '{ "type": "module", "scripts": { "test": "node --test" } }',
      ...sources,
      'a.test.js': [
        "import test from 'node:test';",
        "import { existsSync } from 'node:fs';",
        "import { setTimeout } from 'node:timers/promises';",
        "import { sign } from './src/sign.js';",
        "test('at once', () => void sign(1));",
        "test('later', async () => { sign(-1); while (!existsSync('go')) await setTimeout(50); });",
      ].join('\n'),
    });
    const first = await workspace.warden();
    const verdict = Promise.withResolvers<void>();
    const notices: Notice[] = [];
    const killed = await workspace.warden(notices, {
      onNotice: notice => void (notice.notice === 'record' && verdict.resolve()),
    });
    const interrupted = killed.request('run', { run: 'r', selection: all, overrides: { jobs: 1 }, coverage: true });
    await verdict.promise;
    await Promise.all([killed.close(), interrupted.catch(() => undefined)]);
    workspace.write('go', '');
    const summary = await first.request('resume', { run: 'r', overrides: {} });
    assert.deepEqual(summary.counts, { passed: 2 });
    const file = join(workspace.root, 'src/sign.js');
    const detail = await first.request('coverageDetail', { run: 'r', file });
    assert.deepEqual(
      uncovered(detail)?.filter(line => [4, 6].includes(line)),
      [],
    );
    await assert.rejects(first.request('coverage', { run: 'none' }), /was not measured/);
  });
});
