import assert from 'node:assert/strict';
import { linkVitest, newestLine, type VitestLine, vitestLines } from '../unit/frameworks/vitest/versions.ts';
import { TestWorkspace } from './workspace.ts';

const titles = [
  'same',
  'same',
  'A > "b c"',
  'newline\nand \u0000 nul',
  '$^.*[](){}|\\ %s $a',
  'x'.repeat(1_000_000),
  '\ud800 lone',
];

const outcomes = {
  'package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
  'vitest.config.ts': `
    import { defineConfig } from 'vitest/config';
    export default defineConfig({ test: { setupFiles: './set-up.ts', env: { FROM_CONFIG: 'yes' }, allowOnly: true } });
  `,
  'set-up.ts': `import { beforeEach } from 'vitest'; beforeEach(() => { (globalThis as any).prepared = true; });`,
  'src/a.test.ts': `
    import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
    test('at the top', () => { const typed: number = 1; expect(typed).toBe(1); });
    describe('suite', () => {
      it('knows its configuration', () => expect([process.env.FROM_CONFIG, (globalThis as any).prepared]).toEqual(['yes', true]));
      it('compares', () => expect({ a: 1 }).toEqual({ a: 2 }));
      it.skip('is skipped', () => {});
      it.todo('is to do');
      it('skips itself', ({ skip }) => skip());
      it.fails('fails as expected', () => { throw new Error('not yet'); });
      it.fails('should fail', () => {});
      it('takes too long by its own limit', () => new Promise(done => setTimeout(done, 1000)), 20);
      let tries = 0;
      it('passes at the third attempt', { retry: 2 }, () => { if (++tries < 3) throw new Error('no'); });
      it.each([1, 2])('each %i', n => expect(n).toBe(1));
      it('leaves a rejection', () => void Promise.reject(new Error('nobody waits for it')));
      it.concurrent('beside another', () => new Promise(done => setTimeout(done, 20)));
      it.concurrent('beside one', () => new Promise(done => setTimeout(done, 10)));
    });
    describe('after', () => { afterAll(() => { throw new Error('still locked'); }); it('cleans up badly', () => {}); });
    describe('broken', () => { beforeAll(() => { throw new Error('no database'); }); it('never runs', () => {}); });
  `,
  'src/b.test.js': `
    import { describe, it } from 'vitest';
    it('is not the only one', () => {});
    describe('some', () => { it.only('is the only one', () => {}); });
  `,
};

const expected = {
  ...{ 'at the top': 'passed', 'knows its configuration': 'passed', compares: 'failed', 'is skipped': 'skipped' },
  ...{ 'is to do': 'skipped', 'skips itself': 'skipped', 'fails as expected': 'expected-failure' },
  ...{ 'should fail': 'failed', 'takes too long by its own limit': 'failed', 'passes at the third attempt': 'passed' },
  ...{ 'each 1': 'passed', 'each 2': 'failed', 'beside another': 'passed', 'beside one': 'passed' },
  ...{
    'leaves a rejection': 'error',
    'cleans up badly': 'error',
    'never runs': 'error',
    'is not the only one': 'skipped',
    'is the only one': 'passed',
  },
};

async function workspaceOf(files: Readonly<Record<string, string>>, line?: VitestLine): Promise<TestWorkspace> {
  const workspace = new TestWorkspace(files);
  await linkVitest(workspace.root, line);
  return workspace;
}

describe('tests of vitest', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  for (const line of vitestLines) {
    for (const isolation of line === newestLine ? (['test', 'file'] as const) : (['file'] as const)) {
      it(`have the verdicts of ${line} itself, with a cage for each ${isolation}`, async () => {
        workspace = await workspaceOf(outcomes, line);
        const { verdicts, records } = await workspace.run({ isolation });
        assert.deepEqual(
          verdicts,
          expected,
          JSON.stringify(records.map(record => [record.test.titlePath.at(-1), record.why, record.messages])),
        );
        const compares = records.find(({ test }) => test.titlePath.at(-1) === 'compares');
        assert.match(JSON.stringify(compares?.messages), /"expected":.*\\"a\\": 2/);
        assert.equal(compares?.messages[0]?.line, 6);
        const third = records.find(({ test }) => test.titlePath.at(-1) === 'passes at the third attempt');
        assert.match(JSON.stringify(third?.attributes), /2/);
      });
    }
  }

  it('fail where .only is forbidden, as it is by default in CI', async () => {
    const files = {
      'package.json': outcomes['package.json'],
      'vitest.config.mjs': 'export default { test: { allowOnly: false } };',
      'only.test.js': `
        import { describe, it } from 'vitest';
        it.only('is alone', () => {});
        it('is not', () => {});
        describe.only('both', () => { it('of a suite', () => {}); });
      `,
    };
    for (const line of vitestLines) {
      workspace = await workspaceOf(files, line);
      const { verdicts, records } = await workspace.run({ isolation: 'file' });
      assert.deepEqual(verdicts, { 'is alone': 'failed', 'is not': 'skipped', 'of a suite': 'error' }, line);
      for (const title of ['is alone', 'of a suite']) {
        const record = records.find(({ test }) => test.titlePath.at(-1) === title);
        assert.match(JSON.stringify(record?.messages), /Unexpected \.only modifier/, `${line}: ${title}`);
      }
      if (line !== vitestLines.at(-1)) await workspace.remove();
    }
  });

  it('are run singly by (title path, ordinal), whatever the titles are', async () => {
    const source = titles.map(
      (title, i) => `it(${JSON.stringify(title)}, () => { if (${i} === 1) throw new Error('the second'); });`,
    );
    const files = {
      'package.json': outcomes['package.json'],
      'odd.test.js': `import { it } from 'vitest';\n${source.join('\n')}`,
    };
    workspace = await workspaceOf(files, vitestLines[0]);
    const { records } = await workspace.run({ isolation: 'test' });
    assert.deepEqual(
      records
        .map(({ test, verdict }) => `${titles.indexOf(test.titlePath[0]!)}.${test.ordinal} ${verdict.kind}`)
        .sort(),
      ['0.0 passed', '0.1 failed', '2.0 passed', '3.0 passed', '4.0 passed', '5.0 passed', '6.0 passed'],
    );
  });

  it('are those of each project, run in its environment', async () => {
    workspace = await workspaceOf({
      'package.json': outcomes['package.json'],
      'vitest.config.js': `export default { test: { projects: [
        'packages/*', { test: { name: 'by threads', include: ['threads.test.js'], pool: 'threads' } },
        { test: { name: 'in a vm', include: ['vm.test.js'], pool: 'vmThreads' } },
      ] } };`,
      'vitest.workspace.js': `export default ['packages/*',
        { test: { name: 'by threads', include: ['threads.test.js'], pool: 'threads' } },
        { test: { name: 'in a vm', include: ['vm.test.js'], pool: 'vmThreads' } },
      ];`,
      'packages/a/package.json': '{ "name": "a", "type": "module" }',
      'packages/a/vitest.config.js': "export default { test: { name: 'a', env: { WHO: 'a' } } };",
      'packages/a/a.test.js': "import { expect, it } from 'vitest'; it('a', () => expect(process.env.WHO).toBe('a'));",
      'packages/b/package.json': '{ "name": "b", "type": "module" }',
      'packages/b/vitest.config.js': "export default { test: { name: 'b', globals: true } };",
      'packages/b/b.test.js': "it('b', () => {});",
      'threads.test.js': `import { isMainThread } from 'node:worker_threads'; import { expect, it } from 'vitest';
        it('threads', () => expect(isMainThread).toBe(false));`,
      'vm.test.js': "import { it } from 'vitest'; it('vm', () => {});",
    });
    const { verdicts, records } = await workspace.run();
    assert.deepEqual(
      verdicts,
      { a: 'passed', b: 'passed', threads: 'passed', vm: 'passed' },
      JSON.stringify(records.map(record => [record.test.titlePath.at(-1), record.why, record.messages])),
    );
  });

  it('tell of files that do not load, beside files that do', async () => {
    const head = "import { describe, it } from 'vitest';\n";
    workspace = await workspaceOf({
      'package.json': outcomes['package.json'],
      'bulkhead.config.json': '{ "startup": "12s" }',
      'broken.test.js': `${head}it('before', () => {});\nthrow new Error('no database');`,
      'syntax.test.js': `${head}it('x', () => {`,
      'exits.test.js': `${head}process.exit(0);`,
      'hangs.test.js': `${head}await new Promise(() => setInterval(() => {}, 1000));`,
      'empty.test.js': head,
      'deep.test.js': `${head}${"describe('d', () => {".repeat(50)}it('deep', () => {});${'});'.repeat(50)}`,
      'well.test.js': `${head}it('works', () => {});`,
    });
    const { records, summary } = await workspace.run();
    assert.deepEqual(
      [summary.counts, records.length],
      [{ error: 5, passed: 2 }, 7],
      JSON.stringify(records.map(record => [record.test.file, record.verdict, record.messages])),
    );
    const texts = records.map(record => JSON.stringify([record.verdict, record.messages])).join('\n');
    assert.match(texts, /no database/);
    assert.match(texts, /process\.exit/);
  });
});
