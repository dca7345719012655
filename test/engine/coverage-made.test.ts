import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { CoverageDetail, CoverageSummary } from '../../src/protocol/coverage.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { installFixture } from '../unit/frameworks/installed.ts';
import { type JestLine, jestLines, linkJest } from '../unit/frameworks/jest/versions.ts';
import { linkVitest, newestLine, vitestLines } from '../unit/frameworks/vitest/versions.ts';
import { bulkhead } from './command-line.ts';
import { readLcov } from './lcov.ts';
import { TestWorkspace } from './workspace.ts';

const sign = [
  'exports.sign = function sign(x) {',
  '  if (x < 0) {',
  '    return -1;', // 3
  '  }',
  '  if (x > 0) return 1;', // 5
  '  return 0;', // 6
  '};',
  'exports.unused = function unused() {',
  '  return 3;', // 9
  '};',
  'exports.last = () => {',
  '  return 4;', // 12
  '};',
  '',
];

const typed = [
  'export interface Point {',
  '  readonly x: number;',
  '}',
  'export function label({ x }: Point): string {',
  '  if (x === 1) {',
  "    return 'one';", // 6
  '  }',
  '  return String(x);', // 8
  '}',
  '',
];

const asModule = (text: string) => text.replaceAll(/exports\.(?=\w+ =)/g, 'export const ');

const tests = [
  "import { last, sign } from '../src/sign.js';",
  "import { label } from '../src/typed.ts';",
  'afterAll(() => void last());',
  "it('positive', () => void sign(1));",
  "describe('below', () => {",
  '  beforeEach(() => void sign(0));',
  "  it('negative', () => void sign(-1));",
  '});',
  "it('typed', () => { debugger; label({ x: 1 }); });",
].join('\n');

interface Measured {
  readonly coverage: CoverageSummary;
  /** Lines of a file that ran, for one test or for all. */
  readonly ran: (file: string, title?: string) => Promise<readonly number[]>;
}

describe('the coverage of tests whose framework compiles them', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  async function measured(isolation: 'test' | 'file'): Promise<Measured> {
    const notices: Notice[] = [];
    const warden = await workspace.warden(notices);
    const summary = await warden.request('run', {
      run: 'r',
      selection: { kind: 'all' },
      overrides: { isolation },
      coverage: true,
    });
    const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
    const told = JSON.stringify(records.map(({ test, why, messages }) => [test.titlePath, why, messages]));
    assert.deepEqual(summary.counts, { passed: records.length }, told);
    const ran = async (name: string, title?: string) => {
      const file = join(workspace.root, name);
      const test = records.find(record => record.test.titlePath.at(-1) === title)?.test.key;
      assert.equal(test === undefined, title === undefined);
      const about = { run: 'r', file, ...(test === undefined ? {} : { test }) };
      const detail: CoverageDetail | null = await warden.request('coverageDetail', about);
      return detail?.lines.flatMap(([line, count]) => (count > 0 ? [line] : [])) ?? [];
    };
    return { coverage: await warden.request('coverage', { run: 'r' }), ran };
  }

  /** Of the lines whose running tells something. */
  const telling = (lines: readonly number[]) => lines.filter(line => [3, 5, 6, 9, 12].includes(line));

  async function isKnown(isolation: 'test' | 'file'): Promise<void> {
    const { coverage, ran } = await measured(isolation);
    assert.deepEqual(coverage.missing, []);
    const files = coverage.files.map(({ file }) => file.slice(workspace.root.length + 1));
    assert.deepEqual(files, ['src/sign.js', 'src/typed.ts']);
    assert.deepEqual(telling(await ran('src/sign.js')), [3, 5, 6, 12]);
    const typedLines = await ran('src/typed.ts');
    assert.deepEqual(
      typedLines.filter(line => [2, 6, 8].includes(line)),
      [6],
    );
    // Alone in its cage, a test has all hooks for its own.
    const last = isolation === 'test' ? [12] : [];
    assert.deepEqual(telling(await ran('src/sign.js', 'positive')), [5, ...last]);
    assert.deepEqual(telling(await ran('src/sign.js', 'negative')), [3, 5, 6, ...last]);
    assert.deepEqual(telling(await ran('src/sign.js', 'typed')), last);
    assert.deepEqual((await ran('src/typed.ts', 'typed')).includes(6), true);
    const sums = coverage.files.map(({ functions }) => functions);
    assert.deepEqual(sums, [
      { covered: 2, total: 3 },
      { covered: 1, total: 1 },
    ]);
  }

  for (const line of vitestLines) {
    for (const pool of line === newestLine ? ['forks', 'vmThreads'] : ['forks']) {
      it(`is known in all and for each test of ${line}, in its pool "${pool}"`, async () => {
        workspace = new TestWorkspace({
          'package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
          'vitest.config.ts': `export default { test: { globals: true, pool: '${pool}' } };`,
          'src/sign.js': asModule(sign.join('\n')),
          'src/typed.ts': typed.join('\n'),
          'test/a.test.ts': tests,
        });
        await linkVitest(workspace.root, line);
        await isKnown('file');
      });
    }
  }

  const jest = {
    'package.json': '{ "jest": { "transform": { "\\\\.(js|ts)$": "./transform.cjs" } } }',
    'transform.cjs': `
      const { transformSync } = require(${JSON.stringify(resolve(import.meta.dirname, '../../node_modules/esbuild'))});
      exports.process = (text, path) => path.endsWith('sign.js') ? { code: text }
        : transformSync(text, { loader: 'ts', format: 'cjs', sourcemap: 'inline', sourcefile: path });
    `,
    'src/sign.js': sign.join('\n'),
    'src/typed.ts': typed.join('\n'),
    'test/a.test.ts': tests,
  };

  async function withJest(files: Readonly<Record<string, string>>, line?: JestLine): Promise<void> {
    workspace = new TestWorkspace(files);
    await linkJest(workspace.root, line);
  }

  for (const line of jestLines) {
    it(`is known in all and for each test of ${line}`, async () => {
      await withJest(jest, line);
      await isKnown(line === jestLines[0] ? 'file' : 'test');
    });
  }

  it("is what jest's own coverage by V8 tells of the same tests", async () => {
    await withJest({
      'package.json': '{ "jest": { "transform": {} } }',
      'src/sign.js': sign.join('\n'),
      'a.test.js':
        "const { sign } = require('./src/sign.js'); it('a', () => void sign(1)); it('b', () => void sign(-1));",
    });
    const { code, stdout, stderr } = await bulkhead(workspace.root, 'run --output lcov.info');
    assert.equal(code, 0, stdout + stderr);
    const args = ['--coverage', '--coverageProvider=v8', '--coverageReporters=lcovonly'];
    const program = join(workspace.root, 'node_modules/jest/bin/jest.js');
    await promisify(execFile)(process.execPath, [program, ...args], { cwd: workspace.root });
    const jests = readLcov(join(workspace.root, 'coverage/lcov.info'));
    assert.deepEqual(readLcov(join(workspace.root, 'lcov.info')), jests);
  });

  it("is what vitest's own coverage tells of lines and functions, but for what it has no statement on", async () => {
    workspace = new TestWorkspace({
      'package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
      'vitest.config.ts': 'export default { test: { globals: true } };',
      'src/sign.js': asModule(sign.join('\n')),
      'src/typed.ts': typed.join('\n'),
      'test/a.test.ts': tests,
    });
    const installed = await installFixture('coverage-versions');
    mkdirSync(join(workspace.root, 'node_modules'));
    for (const name of ['vitest', '@vitest']) {
      symlinkSync(join(installed, name), join(workspace.root, 'node_modules', name), 'junction');
    }
    const { code, stdout, stderr } = await bulkhead(workspace.root, 'run --output lcov.info');
    assert.equal(code, 0, stdout + stderr);
    const args = ['run', '--coverage', '--coverage.provider=v8', '--coverage.reporter=lcovonly'];
    const program = join(workspace.root, 'node_modules/vitest/vitest.mjs');
    await promisify(execFile)(process.execPath, [program, ...args], { cwd: workspace.root });
    const [own, vitests] = ['lcov.info', 'coverage/lcov.info'].map(name => {
      const read = Object.entries(readLcov(join(workspace.root, name)));
      // It reads the syntax, and counts lines with a statement and both ways of an "if".
      const alike = (sums: string[]) => sums.filter(sum => sum.startsWith('FN'));
      return read.map(([file, { missed, sums }]) => [file, missed, alike(sums)]);
    });
    assert.deepEqual(own, vitests);
    assert.deepEqual(vitests, [
      ['src/sign.js', ['DA:9,0'], ['FNF:3', 'FNH:2']],
      ['src/typed.ts', ['DA:8,0'], ['FNF:1', 'FNH:1']],
    ]);
  });
});
