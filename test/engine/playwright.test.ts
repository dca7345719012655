import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { findChromium } from '../bed/chromium.ts';
import {
  linkPlaywright,
  newestLine,
  type PlaywrightLine,
  playwrightLines,
} from '../unit/frameworks/playwright/versions.ts';
import { marked } from './alive.ts';
import { TestWorkspace } from './workspace.ts';

const manifest = '{ "devDependencies": { "@playwright/test": "*" } }';

const outcomes = {
  'package.json': manifest,
  'playwright.config.ts': `
    import { defineConfig } from '@playwright/test';
    export default defineConfig({
      testDir: 'e2e',
      globalSetup: './set-up.ts',
      use: { greeting: 'hello' } as object,
      projects: [
        { name: 'log in', testMatch: /log-in\\.ts$/ },
        { name: 'first', testMatch: 'a.spec.ts' },
        { name: 'second', testMatch: 'b.spec.ts', retries: 1, dependencies: ['log in'] },
        { name: 'third', testMatch: 'b.spec.ts', repeatEach: 2, grepInvert: /second try/ },
      ],
    });
  `,
  'set-up.ts': `export default () => { process.env.SET_UP = 'yes'; };`,
  'e2e/log-in.ts': `
    import { test } from '@playwright/test';
    test('logs in', () => { process.env.TOKEN = 'secret'; });
  `,
  'e2e/a.spec.ts': `
    import { test as base, expect } from '@playwright/test';
    const test = base.extend<{ greeting: string; thing: number }>({
      greeting: ['', { option: true }],
      thing: async ({ greeting }, use) => { await use(greeting.length); },
    });
    test('at the top', ({ greeting, thing }) => { const typed: number = 5; expect([greeting, thing, process.env.SET_UP]).toEqual(['hello', typed, 'yes']); });
    test.describe('suite', () => {
      test('compares', async ({}, info) => {
        await info.attach('a note', { path: __filename });
        expect({ a: 1 }).toEqual({ a: 2 });
      });
      test.skip('is skipped', () => {});
      test.fixme('is to be fixed', () => {});
      test('skips itself', () => { test.skip(true, 'not here'); });
      test.fail('fails as expected', () => { throw new Error('not yet'); });
      test.fail('should fail', () => {});
      test('is slow', () => { test.slow(); });
      for (const n of [1, 2]) test(\`each \${n}\`, () => {});
    });
    test.describe('broken', () => {
      test.beforeAll(() => { throw new Error('no database'); });
      test('never runs', () => {});
      test('nor does this', () => {});
    });
    test.describe(() => {
      test.afterEach(() => { throw new Error('still locked'); });
      test('cleans up badly', () => {});
    });
    test.describe.serial('serial', () => {
      let steps = 0;
      test('builds', () => { steps++; });
      test('builds on it', () => { expect(steps++).toBe(1); });
      test('breaks it', () => { expect(steps).toBe(2); throw new Error('broken'); });
      test('is left out', () => {});
    });
  `,
  'e2e/b.spec.ts': `
    import { test, expect } from '@playwright/test';
    test.describe.configure({ mode: 'parallel' });
    test('knows the token', ({}, info) => { expect(process.env.TOKEN).toBe(info.project.name === 'second' ? 'secret' : undefined); });
    test('passes at the second try', ({}, info) => { if (info.retry === 0) throw new Error('no'); });
  `,
};

const expected = [
  'log in: logs in passed',
  ...['at the top passed', 'compares failed', 'is skipped skipped', 'is to be fixed skipped', 'skips itself skipped'],
  ...['fails as expected expected-failure', 'should fail failed', 'is slow passed', 'each 1 passed', 'each 2 passed'],
  ...['never runs error', 'nor does this skipped', 'cleans up badly error'],
  ...['builds passed', 'builds on it passed', 'breaks it failed', 'is left out skipped'],
  ...['second: knows the token passed', 'second: passes at the second try passed'],
  ...['third: knows the token passed', 'third: knows the token passed'],
].map(line => (line.includes(': ') ? line : `first: ${line}`));

async function workspaceOf(files: Readonly<Record<string, string>>, line?: PlaywrightLine): Promise<TestWorkspace> {
  const workspace = new TestWorkspace(files);
  await linkPlaywright(workspace.root, line);
  return workspace;
}

/** Project and title with the verdict. */
function told(records: readonly TestRecord[]): string[] {
  return records
    .map(({ test, verdict, project }) => `${project.split(':')[3]}: ${test.titlePath.at(-1)} ${verdict.kind}`)
    .sort();
}

interface Report {
  readonly suites?: readonly Report[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly projectName: string; readonly status: string }[];
  }[];
}

/** What playwright itself makes of the same project. */
function itself(root: string): Promise<string[]> {
  const command = join(root, 'node_modules/@playwright/test/cli.js');
  const args = [command, 'test', '--reporter=json', '--workers=1', '--output=of-its-own'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout) => {
      const statuses: string[] = [];
      const visit = ({ suites = [], specs = [] }: Report): void => {
        suites.forEach(visit);
        for (const { title, tests } of specs) {
          for (const test of tests) statuses.push(`${test.projectName}: ${title} ${test.status}`);
        }
      };
      try {
        visit(JSON.parse(stdout) as Report);
        resolve(statuses.sort());
      } catch {
        reject(error ?? new Error(stdout));
      }
    });
  });
}

/** In playwright's own words for it. */
function inItsWords(line: string): string {
  return line
    .replace(/(passes at the second try) passed$/, '$1 flaky')
    .replace(/ (?:passed|expected-failure)$/, ' expected')
    .replace(/ (?:failed|error)$/, ' unexpected');
}

function details(records: readonly TestRecord[]): string {
  return JSON.stringify(
    records.map(({ test, verdict, why, messages }) => [test.titlePath.at(-1), verdict, why, messages]),
  );
}

describe('tests of playwright', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  for (const line of playwrightLines) {
    const isolation = line === newestLine ? 'test' : 'file';
    it(`have the verdicts of ${line} itself, with a cage for each ${isolation}`, async () => {
      workspace = await workspaceOf(outcomes, line);
      const [{ records }, own] = await Promise.all([workspace.run({ isolation }), itself(workspace.root)]);
      // In a cage of its own, it meets the failing hook itself.
      const alike = told(records).map(each => each.replace('nor does this error', 'nor does this skipped'));
      assert.equal(alike.join() === told(records).join(), isolation === 'file');
      assert.deepEqual(alike, [...expected].sort(), details(records));
      assert.deepEqual(alike.map(inItsWords).sort(), own);
      const compares = records.find(({ test }) => test.titlePath.at(-1) === 'compares')?.messages[0];
      assert.deepEqual(
        [compares?.line, compares?.expected, compares?.actual],
        [11, 'Object {\n  "a": 2,\n}', 'Object {\n  "a": 1,\n}'],
      );
      assert.match(compares?.text ?? '', /^a note: .*/m);
      const again = records.find(({ test }) => test.titlePath.at(-1) === 'passes at the second try');
      assert.match(JSON.stringify(again?.attributes), /retr/i);
    });
  }

  it('are run singly by (title path, ordinal), whatever the titles are', async () => {
    const titles = ['A > "b c"', 'newline\nand \u0000 nul', '$^.*[](){}|\\ %s $a @tag', 'x'.repeat(1_000_000), '›'];
    const body = titles.map(title => `test(${JSON.stringify(title)}, () => {});`).join('\n');
    workspace = await workspaceOf({
      'package.json': manifest,
      'playwright.config.js': 'module.exports = {};',
      'odd (1)+$.spec.js': `const { test } = require('@playwright/test');
        ${body}
        test.describe('A >', () => test('"b c"', () => { throw new Error('another'); }));
        ${"test.describe('d', () => {".repeat(50)} test('deep', () => {}); ${'});'.repeat(50)}`,
      'one.spec.js': `const { test } = require('@playwright/test');
        test('is not the only one', () => {});
        test.only('is the only one', () => {});`,
    });
    const { records } = await workspace.run({ isolation: 'test' });
    const numbers = records.map(({ test, verdict }) => `${titles.indexOf(test.titlePath[0]!)} ${verdict.kind}`);
    assert.deepEqual(
      numbers.sort(),
      ['-1 failed', '-1 passed', '-1 passed', '-1 skipped', '0 passed', '1 passed', '2 passed', '3 passed', '4 passed'],
      details(records).slice(0, 10_000),
    );
  });

  it('tell of files that do not load, beside files that do', async () => {
    const head = "const { test } = require('@playwright/test');\n";
    workspace = await workspaceOf({
      'package.json': manifest,
      'playwright.config.js': 'module.exports = {};',
      'bulkhead.config.json': '{ "overrides": [{ "files": "hangs*", "startup": "4s" }] }',
      'broken.spec.js': `${head}test('before', () => {});\nthrow new Error('no database');`,
      'syntax.spec.js': `${head}test('x', () => {`,
      'exits.spec.js': `${head}process.exit(0);`,
      'hangs.spec.mjs': "import '@playwright/test';\nawait new Promise(() => setInterval(() => {}, 1000));",
      'empty.spec.js': head,
      'twice.spec.js': `${head}test('same', () => {});\ntest('same', () => {});`,
      'well.spec.js': `${head}test('works', () => {});`,
    });
    const { records, summary } = await workspace.run();
    assert.deepEqual([summary.counts, records.length], [{ error: 5, passed: 1 }, 6], details(records));
    assert.match(details(records), /no database/);
    assert.match(details(records), /duplicate test title/);
  });

  it('have browsers and servers of their own, which are gone when they end', async function () {
    const { executable, env } = await findChromium();
    const launch = JSON.stringify({ executablePath: executable, args: ['--no-sandbox'] });
    const mark = `bulkhead-test-${process.pid}-${Date.now()}`;
    workspace = await workspaceOf({
      'package.json': manifest,
      'bulkhead.config.json': '{ "memory": "1 GiB", "timeout": "2 min" }',
      'playwright.config.mjs': `export default {
        use: { browserName: 'chromium', baseURL: 'http://127.0.0.1:' + port(), launchOptions: ${launch} },
        webServer: { command: '"' + process.execPath + '" server.cjs ' + port(), url: 'http://127.0.0.1:' + port() },
      };
      function port() { return 20000 + ${process.pid} % 20000; }`,
      'server.cjs': `require('node:http').createServer((_, answer) => {
        answer.setHeader('content-type', 'text/html');
        answer.end('<title>Harbour</title><button onclick="document.title = 1 + 1">Sail</button>');
      }).listen(Number(process.argv[2]), '127.0.0.1');`,
      'harbour.spec.ts': `
        import { spawn } from 'node:child_process';
        import { test, expect } from '@playwright/test';
        test('sails', async ({ page }) => {
          await page.goto('/');
          await page.getByRole('button', { name: 'Sail' }).click();
          await expect(page).toHaveTitle('2');
        });
        test('leaves a browser', async ({ request }) => {
          expect(await (await request.get('/')).text()).toContain('Harbour');
          spawn(${JSON.stringify(executable)}, ['--headless', '--no-sandbox', '--user-data-dir=' + test.info().outputPath(), 'about:blank'], { detached: true, stdio: 'ignore' }).unref();
          await new Promise(done => setTimeout(done, 1000));
        });
      `,
    });
    const { records } = await workspace.run(
      { isolation: 'test', jobs: 2 },
      { kind: 'all' },
      { ...process.env, ...env, MARK: mark },
    );
    assert.deepEqual(
      records.map(({ test, verdict }) => [test.titlePath.at(-1), verdict.kind]).sort(),
      [
        ['leaves a browser', 'passed'],
        ['sails', 'passed'],
      ],
      details(records),
    );
    const left = records.find(({ test }) => test.titlePath[0] === 'leaves a browser');
    assert.match(JSON.stringify(left?.attributes), /leaked-processes.*chrom/i);
    const sails = records.find(({ test }) => test.titlePath[0] === 'sails');
    assert.doesNotMatch(JSON.stringify(sails?.attributes), /leaked/);
    assert.deepEqual(marked(mark), []);
    assert.ok(existsSync(workspace.root));
  });
});
