import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from './alive.ts';
import { TestWorkspace } from './workspace.ts';

const limits = JSON.stringify({ memory: '160 MiB', timeout: '3s', teardown: '1s', grace: '200ms' });

/** What each test of the fixture must come to, alone in its cage or beside the others. */
const expected = {
  passes: 'passed',
  'fails an assertion': 'failed',
  'hogs memory': 'out-of-memory',
  'loops for ever': 'timed-out',
  'never settles': 'timed-out',
  'exits with 0': 'exited-early',
  'exits with 3': 'exited-early',
  'dies of SIGSEGV': 'crashed',
  'leaves a daemon': 'passed',
  'leaves a child that holds its output': 'passed',
  'throws when it is over': 'error',
};

describe('misbehaving mocha tests', () => {
  let workspace: TestWorkspace;
  let mark: string;
  beforeEach(() => (mark = `bulkhead-test-${randomUUID()}`));
  afterEach(async () => {
    await workspace.remove();
    assert.deepEqual(marked(mark), [], 'nothing may be left alive');
  });

  for (const isolation of ['test', 'file'] as const) {
    it(`get the right verdicts, and so do their neighbours, with a cage for each ${isolation}`, async () => {
      workspace = TestWorkspace.ofFixture('mocha-misbehaving', { 'bulkhead.config.json': limits });
      const env = { ...process.env, MARK: mark };
      const { verdicts, summary, records } = await workspace.run({ isolation }, { kind: 'all' }, env);
      assert.deepEqual(
        verdicts,
        expected,
        JSON.stringify(records.map(record => [record.test.titlePath.at(-1), record.why])),
      );
      assert.equal(summary.planned, Object.keys(expected).length);
    });
  }

  it('are run singly by (title path, ordinal), whatever the titles are', async () => {
    const titles = [
      'same',
      'same',
      'A > "b c"',
      'newline\nand \u0000 nul',
      '$^.*[](){}|\\',
      'x'.repeat(100_000),
      '\ud800 lone',
      'ünï ✓',
    ];
    const source = titles.map(
      (title, i) => `it(${JSON.stringify(title)}, () => { if (${i} === 1) throw new Error('the second'); });`,
    );
    workspace = new TestWorkspace({
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      'test/odd.test.js': source.join('\n'),
    });
    workspace.linkFrameworks();
    const client = await workspace.warden();
    const [project] = await workspace.projects(client);
    const file = project!.files[0]!;
    const { tests } = await client.request('discover', { project: project!.id, file });
    assert.deepEqual(
      tests.map(test => test.titlePath[0]),
      titles,
    );
    assert.equal(new Set(tests.map(test => test.key)).size, titles.length);
    for (const [index, test] of tests.entries()) {
      const selection = {
        kind: 'some',
        projects: [{ project: project!.id, files: [{ file, tests: [test.key] }] }],
      } as const;
      const { counts } = await client.request('run', { run: `run-${index}`, selection, overrides: {} });
      assert.deepEqual(
        counts,
        index === 1 ? { failed: 1 } : { passed: 1 },
        JSON.stringify(test.titlePath).slice(0, 80),
      );
    }
  });

  for (const isolation of ['test', 'file'] as const) {
    it(`that are not marked .only give way to those that are, with a cage for each ${isolation}, unless chosen`, async () => {
      workspace = TestWorkspace.ofFixture('mocha-cjs');
      for (const name of readdirSync(join(workspace.root, 'test'))) {
        if (name !== 'only.test.js') rmSync(join(workspace.root, 'test', name), { recursive: true });
      }
      const { verdicts } = await workspace.run({ isolation });
      const others = { 'is chosen': 'passed', 'is in it': 'passed', 'is skipped in it': 'skipped' };
      const preloaded = { 'belongs to the preloaded file': 'passed' };
      assert.deepEqual(verdicts, { 'is left out': 'skipped', ...others, ...preloaded });
      const client = await workspace.warden();
      const [project] = await workspace.projects(client);
      const file = project!.files.find(path => path.endsWith('only.test.js'))!;
      const { tests } = await client.request('discover', { project: project!.id, file });
      const { key } = tests.find(test => test.titlePath.at(-1) === 'is left out')!;
      const selection = {
        kind: 'some',
        projects: [{ project: project!.id, files: [{ file, tests: [key] }] }],
      } as const;
      const { counts } = await client.request('run', { run: 'chosen', selection, overrides: { isolation } });
      assert.deepEqual(counts, { passed: 1 });
    });
  }

  it('tell of a file that throws at load, beside files that do not', async () => {
    workspace = new TestWorkspace({
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      'test/broken.test.js': "throw new Error('no database');",
      'test/syntax.test.js': 'describe("x", () => {',
      'test/exits.test.js': 'process.exit(0);',
      'test/well.test.js': 'it("works", () => {});',
    });
    workspace.linkFrameworks();
    const { records, summary } = await workspace.run();
    assert.deepEqual(summary.counts, { error: 3, passed: 1 });
    const texts = records.map(record => JSON.stringify([record.verdict, record.messages])).join('\n');
    assert.match(texts, /no database/);
    assert.match(texts, /SyntaxError/);
  });

  it('are not run by a mocha that is not installed, which is said', async () => {
    workspace = new TestWorkspace({
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      'test/a.test.js': 'it("works", () => {});',
    });
    const client = await workspace.warden();
    const { projects, problems } = await client.request('projects', {});
    assert.deepEqual(projects, []);
    assert.match(JSON.stringify(problems), /npm install/);
  });
});
