import assert from 'node:assert/strict';
import { type JestLine, jestLines, linkJest, newestLine } from '../unit/frameworks/jest/versions.ts';
import { TestWorkspace } from './workspace.ts';

const titles = ['same', 'same', 'A > "b c"', 'newline\nand \u0000 nul', '$^.*[](){}|\\ %s $a', 'x'.repeat(1_000_000)];

const outcomes = {
  'package.json':
    '{ "jest": { "projects": ["<rootDir>/a", "<rootDir>/b"] }, "scripts": { "test": "node --experimental-vm-modules node_modules/.bin/jest" } }',
  'a/package.json':
    '{ "jest": { "displayName": "first", "setupFiles": ["./set-up.js"], "transform": { "\\\\.ts$": "./strip.js" } } }',
  'a/set-up.js': 'globalThis.prepared = true;',
  'a/strip.js': "exports.process = text => ({ code: require('node:module').stripTypeScriptTypes(text) });",
  'a/a.test.ts': `
    test('at the top', () => { const typed: number = 1; expect(typed).toBe(1); });
    describe('suite', () => {
      it('knows its configuration', () => expect(prepared).toBe(true));
      it('compares', () => expect({ a: 1 }).toEqual({ a: 2 }));
      it.skip('is skipped', () => {});
      it.todo('is to do');
      it.failing('fails as expected', () => { throw new Error('not yet'); });
      it.failing('should fail', () => {});
      it('takes too long by its own limit', () => new Promise(done => setTimeout(done, 300)), 20);
      it.each([1, 2])('each %i', n => expect(n).toBe(1));
    });
    describe('broken', () => { beforeAll(() => { throw new Error('no database'); }); it('never runs', () => {}); });
  `,
  'a/retry.test.js': `
    jest.retryTimes(2);
    let tries = 0;
    it('passes at the third attempt', () => { if (++tries < 3) throw new Error('no'); });
    it('fails at every attempt', () => { throw new Error('no'); });
  `,
  'b/package.json': '{ "type": "module", "jest": {} }',
  'b/b.test.js': `
    import { it } from '@jest/globals';
    it('is a module', () => {});
    it.only('is the only one', () => {});
  `,
};

const expected = {
  ...{ 'at the top': 'passed', 'knows its configuration': 'passed', compares: 'failed', 'is skipped': 'skipped' },
  ...{ 'is to do': 'skipped', 'fails as expected': 'expected-failure', 'should fail': 'failed' },
  ...{ 'takes too long by its own limit': 'failed', 'each 1': 'passed', 'each 2': 'failed', 'never runs': 'error' },
  ...{ 'passes at the third attempt': 'passed', 'fails at every attempt': 'failed' },
  ...{ 'is a module': 'skipped', 'is the only one': 'passed' },
};

async function workspaceOf(files: Readonly<Record<string, string>>, line?: JestLine): Promise<TestWorkspace> {
  const workspace = new TestWorkspace(files);
  await linkJest(workspace.root, line);
  return workspace;
}

describe('tests of jest', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  for (const line of jestLines) {
    for (const isolation of line === newestLine ? (['test', 'file'] as const) : (['file'] as const)) {
      it(`have the verdicts of ${line} itself, with a cage for each ${isolation}`, async () => {
        workspace = await workspaceOf(outcomes, line);
        const { verdicts, records } = await workspace.run({ isolation });
        const told = JSON.stringify(records.map(record => [record.test.titlePath.at(-1), record.why, record.messages]));
        assert.deepEqual(verdicts, expected, told);
        const third = records.find(({ test }) => test.titlePath.at(-1) === 'passes at the third attempt');
        assert.match(JSON.stringify(third?.attributes), /2/);
      });
    }
  }

  it('are run singly by (title path, ordinal), whatever the titles are', async () => {
    const source = titles.map(
      (title, i) => `it(${JSON.stringify(title)}, () => { if (${i} === 1) throw new Error('the second'); });`,
    );
    workspace = await workspaceOf({ 'package.json': '{ "jest": {} }', 'odd.test.js': source.join('\n') }, jestLines[0]);
    const { records } = await workspace.run({ isolation: 'test' });
    assert.deepEqual(
      records
        .map(({ test, verdict }) => `${titles.indexOf(test.titlePath[0]!)}.${test.ordinal} ${verdict.kind}`)
        .sort(),
      ['0.0 passed', '0.1 failed', '2.0 passed', '3.0 passed', '4.0 passed', '5.0 passed'],
    );
  });

  it('tell of files that do not load, beside files that do', async () => {
    workspace = await workspaceOf({
      'package.json': '{ "jest": {} }',
      'broken.test.js': "it('before', () => {});\nthrow new Error('no database');",
      'syntax.test.js': "it('x', () => {",
      'exits.test.js': 'process.exit(0);',
      'empty.test.js': '',
      'deep.test.js': `${"describe('d', () => {".repeat(50)}it('deep', () => {});${'});'.repeat(50)}`,
      'well.test.js': "it('works', () => {});",
    });
    const { records, summary } = await workspace.run();
    assert.deepEqual(
      [summary.counts, records.length],
      [{ error: 4, passed: 2 }, 6],
      JSON.stringify(records.map(record => [record.test.file, record.verdict, record.messages])),
    );
  });
});
