import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { defaults } from '../../../../src/config/settings.ts';
import { onceEach } from '../../../../src/engine/once.ts';
import type { Detection } from '../../../../src/frameworks/framework.ts';
import { PlaywrightFramework } from '../../../../src/frameworks/playwright/framework.ts';
import { bundleInside } from '../bundles.ts';
import { uncagedTool } from '../spawn-inside.ts';
import { linkPlaywright, type PlaywrightLine, playwrightLines } from './versions.ts';

const declared = '{ "devDependencies": { "@playwright/test": "*" } }';
const aTest = "import { test } from '@playwright/test'; test('works', () => {});";

describe('projects of playwright', function () {
  this.timeout(60_000);
  let inside: Awaited<ReturnType<typeof bundleInside>>;
  let root: string;
  before(async () => (inside = await bundleInside()));
  after(() => inside?.remove());
  beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-playwright-')))));
  afterEach(() => rmSync(root, { recursive: true }));

  async function detect(files: Readonly<Record<string, string>>, line?: PlaywrightLine | null): Promise<Detection> {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    if (line !== null) await linkPlaywright(root, line);
    const folder = { name: 'workspace', path: root };
    const context = { folder, settings: defaults, tool: uncagedTool, builds: root, once: onceEach() };
    return new PlaywrightFramework(inside.folder).detect(context);
  }
  const filesOf = ({ projects }: Detection) =>
    Object.fromEntries(projects.map(({ label, files }) => [label, files.map(file => relative(root, file))]));

  for (const line of playwrightLines) {
    it(`are those of the configuration, as ${line} reads it`, async () => {
      const detection = await detect(
        {
          'package.json': declared,
          'web/playwright.config.ts': `import { defineConfig } from '@playwright/test';
            const port: number = 8080;
            export default defineConfig({
              testDir: './e2e',
              webServer: { command: 'true', port },
              projects: [{ name: 'wide' }, { name: 'narrow', testMatch: /small/ }, { name: 'none', testMatch: 'nothing' }],
            });`,
          'web/e2e/a.spec.ts': aTest,
          'web/e2e/deep/small.test.mjs': aTest,
          'web/e2e/helper.ts': '',
          'other/b.spec.ts': aTest,
        },
        line,
      );
      const [wide, narrow] = ['playwright · web · wide', 'playwright · web · narrow'];
      assert.deepEqual(
        [filesOf(detection), detection.problems],
        [
          { [wide]: ['web/e2e/a.spec.ts', 'web/e2e/deep/small.test.mjs'], [narrow]: ['web/e2e/deep/small.test.mjs'] },
          [],
        ],
      );
      const { watch, locks } = detection.projects[0]!;
      assert.ok(
        watch.some(glob => glob.startsWith('e2e/**')),
        watch.join(),
      );
      assert.equal(locks?.length, 1, 'the server of a configuration wants its port for itself');
    });
  }

  it('are none where it is declared and nothing is configured, for the files may be of another framework', async () => {
    const detection = await detect({ 'package.json': declared, 'src/a.spec.ts': '' });
    assert.deepEqual(detection, { projects: [], problems: [] });
  });

  it('are none, with the reason and the place, where the configuration cannot be read', async () => {
    const { projects, problems } = await detect({
      'package.json': declared,
      'playwright.config.ts': "export default {};\nthrow new Error('no secret');",
      'a.spec.ts': aTest,
    });
    assert.deepEqual([projects, problems.length], [[], 1]);
    assert.match(problems[0]!.message, /Playwright's configuration cannot be read: no secret/);
    assert.deepEqual([problems[0]!.file, problems[0]!.line], [join(root, 'playwright.config.ts'), 2]);
  });

  it('are none, with the reason, where it is missing or too old', async () => {
    const config = { 'playwright.config.js': 'module.exports = {};' };
    const missing = await detect({ 'package.json': declared, ...config }, null);
    assert.match(missing.problems[0]!.message, /not installed/);
    const old = await detect(
      { 'node_modules/@playwright/test/package.json': '{ "name": "@playwright/test", "version": "1.49.1" }' },
      null,
    );
    assert.match(old.problems[0]!.message, /1\.49\.1 is installed .*works with @playwright\/test 1\.50 and later/);
  });
});
