import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { defaults } from '../../../../src/config/settings.ts';
import { onceEach } from '../../../../src/engine/once.ts';
import type { Detection } from '../../../../src/frameworks/framework.ts';
import { VitestFramework } from '../../../../src/frameworks/vitest/framework.ts';
import { bundleInside } from '../bundles.ts';
import { uncagedTool } from '../spawn-inside.ts';
import { linkVitest } from './versions.ts';

const declared = '{ "type": "module", "devDependencies": { "vitest": "*" } }';
const aTest = "import { it } from 'vitest'; it('works', () => {});";

describe('projects of vitest', function () {
  this.timeout(60_000);
  let inside: Awaited<ReturnType<typeof bundleInside>>;
  let root: string;
  before(async () => (inside = await bundleInside()));
  after(() => inside?.remove());
  beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-vitest-')))));
  afterEach(() => rmSync(root, { recursive: true }));

  async function detect(files: Readonly<Record<string, string>>, installed = true): Promise<Detection> {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    if (installed) await linkVitest(root);
    const folder = { name: 'workspace', path: root };
    const context = { folder, settings: defaults, tool: uncagedTool, builds: root, once: onceEach() };
    return new VitestFramework(inside.folder).detect(context);
  }
  const filesOf = ({ projects }: Detection) =>
    Object.fromEntries(projects.map(({ label, files }) => [label, files.map(file => relative(root, file))]));

  it('are what the configuration says, where only Vite has one', async () => {
    const detection = await detect({
      'package.json': declared,
      'vite.config.ts': "export default { test: { include: ['checks/*.js'] } };",
      'checks/a.js': aTest,
      'src/b.test.js': aTest,
    });
    assert.deepEqual([filesOf(detection), detection.problems], [{ vitest: ['checks/a.js'] }, []]);
    const { watch } = detection.projects[0]!;
    assert.ok(watch.includes('checks/*.js') && watch.includes('vite.config.ts'), watch.join());
  });

  it('are none where vitest is declared and has no test', async () => {
    const detection = await detect({ 'package.json': declared, 'src/a.js': '' });
    assert.deepEqual(detection, { projects: [], problems: [] });
  });

  it('do not share a file: a package that is configured has its own', async () => {
    const detection = await detect({
      'package.json': declared,
      'a.test.js': aTest,
      'packages/inner/package.json': '{ "type": "module" }',
      'packages/inner/vitest.config.js': 'export default {};',
      'packages/inner/b.test.js': aTest,
    });
    assert.deepEqual(filesOf(detection), {
      vitest: ['a.test.js'],
      'vitest · packages/inner': ['packages/inner/b.test.js'],
    });
  });

  it("are those of a workspace, each by vitest's name for it", async () => {
    const detection = await detect({
      'package.json': declared,
      'vitest.config.js': `export default { test: { projects: ['packages/*',
        { test: { name: 'unit', include: ['*.test.js'] } },
        { test: { name: 'seen', include: ['*.seen.js'] } },
      ] } };`,
      'a.test.js': aTest,
      'b.seen.js': aTest,
      'packages/inner/package.json': '{ "type": "module" }',
      'packages/inner/vitest.config.js': "export default { test: { name: 'inner' } };",
      'packages/inner/c.test.js': aTest,
    });
    assert.deepEqual(filesOf(detection), {
      'vitest · inner': ['packages/inner/c.test.js'],
      'vitest · unit': ['a.test.js'],
      'vitest · seen': ['b.seen.js'],
    });
    assert.equal(new Set(detection.projects.map(({ id }) => id)).size, 3);
  });

  it('are none where the configuration cannot be read, and it is said where', async () => {
    const { projects, problems } = await detect({
      'package.json': declared,
      'vitest.config.js': 'export default {};\nnonsense();',
      'a.test.js': aTest,
    });
    assert.deepEqual(projects, []);
    assert.match(problems[0]?.message ?? '', /nonsense is not defined/);
    assert.equal(problems[0]?.file, join(root, 'vitest.config.js'));
  });

  it('need a vitest that is installed, and not an older one', async () => {
    const files = { 'package.json': declared, 'vitest.config.js': 'export default {};', 'a.test.js': aTest };
    assert.match((await detect(files, false)).problems[0]?.fix ?? '', /npm install/);
    const old = { 'node_modules/vitest/package.json': '{ "name": "vitest", "version": "2.1.9" }' };
    assert.match((await detect(old, false)).problems[0]?.message ?? '', /vitest 3 and later/);
  });
});
