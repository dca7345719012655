import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Detection } from '../../../../src/frameworks/framework.ts';
import { type Bed, openBed, withMocha } from './bed.ts';
import { type MochaLine, mochaLines, newestLine } from './versions.ts';

const aTest = "it('a', () => {});";
const declared = '{ "devDependencies": { "mocha": "*" } }';

/** Each project and its files, relative to the workspace folder. */
function shapeOf({ projects }: Detection, root: string): Record<string, string[]> {
  return Object.fromEntries(
    projects.map(project => [
      relative(root, project.root).replaceAll('\\', '/') || '.',
      project.files.map(file => relative(root, file).replaceAll('\\', '/')),
    ]),
  );
}

describe('finding projects of mocha', function () {
  this.timeout(60_000);
  let bed: Bed;

  before(async function () {
    this.timeout(180_000);
    bed = await openBed();
  });

  after(() => bed?.remove());

  for (const line of mochaLines) {
    it(`lists the files as ${line} itself would, whatever the format of its configuration`, async () => {
      const yaml = 'spec: tests-for-it/**/*.check.js\nignore: "**/left-out.check.js"';
      const json = '/* a comment */ { "spec": ["tests-for-it/**/*.check.js"], "ignore": ["**/left-out.check.js"] }';
      const script = `{ spec: 'tests-for-it/**/*.check.js', ignore: ['**/left-out.check.js'] }`;
      const formats: Record<string, string> = {
        '.mocharc.js': `console.log('noise'); module.exports = ${script};`,
        '.mocharc.cjs': `module.exports = ${script};`,
        '.mocharc.yaml': yaml,
        '.mocharc.yml': yaml,
        '.mocharc.jsonc': json,
        '.mocharc.json': json,
        'package.json': '{ "mocha": { "spec": "tests-for-it/**/*.check.js", "ignore": "**/left-out.check.js" } }',
        ...(line === 'mocha12' ? { '.mocharc.mjs': `export default ${script};` } : {}),
      };
      for (const [name, content] of Object.entries(formats)) {
        const files = {
          [name]: content,
          'tests-for-it/b/b.check.js': aTest,
          'tests-for-it/a.check.js': aTest,
          'tests-for-it/left-out.check.js': aTest,
          'tests-for-it/code.js': '',
        };
        const root = bed.write(files, line);
        const detection = await bed.detect(root);
        assert.deepEqual(detection.problems, [], name);
        const found = shapeOf(detection, root)['.']?.sort();
        assert.deepEqual(found, ['tests-for-it/a.check.js', 'tests-for-it/b/b.check.js'], name);
        assert.ok(detection.projects[0]?.watch.includes('tests-for-it/**/*.check.js'), name);
      }
    });
  }

  it('takes mocha’s default where the configuration names no files', async () => {
    const root = bed.write(
      { 'package.json': declared, 'test/a.js': aTest, 'test/deep/b.js': aTest, 'c.js': '' },
      newestLine,
    );
    const detection = await bed.detect(root);
    assert.deepEqual(shapeOf(detection, root), { '.': ['test/a.js'] });
    const [project] = detection.projects;
    assert.equal(project?.id, 'mocha:workspace:.');
    assert.ok(project.watch.includes('test/*.{js,cjs,mjs}'));
    assert.ok(project.watch.includes('package.json'));
  });

  it('lists the files that are loaded before the others first, since they may hold tests', async () => {
    const cjs = bed.project('mocha-cjs', newestLine);
    const [project] = (await bed.detect(cjs)).projects;
    assert.equal(project?.files[0], join(cjs, 'preloaded.js'));
    assert.equal(new Set(project.files).size, project.files.length);
  });

  it('says nothing of a package that has mocha but no test', async () => {
    const root = bed.write({ 'package.json': declared, 'src/a.js': '' }, newestLine);
    assert.deepEqual(await bed.detect(root), { projects: [], problems: [] });
    const uninstalled = bed.write({ 'package.json': declared, 'src/a.js': '' }, null);
    assert.deepEqual(await bed.detect(uninstalled), { projects: [], problems: [] });
  });

  it('sees nothing in folders that hold installed or built code', async () => {
    const files = {
      'node_modules/dependency/package.json': declared,
      'node_modules/dependency/test/a.js': aTest,
      'dist/.mocharc.json': '{}',
    };
    assert.deepEqual(await bed.detect(bed.write(files, null)), { projects: [], problems: [] });
  });

  it('finds the packages of a monorepo, and gives each file to one of them', async () => {
    const files = {
      'package.json': declared,
      '.mocharc.json': '{ "spec": "packages/*/test/*.js" }',
      // Its own configuration wins over the one above; a dependency alone does not.
      'packages/configured/.mocharc.json': '{ "spec": "test/*.js" }',
      'packages/configured/test/a.js': aTest,
      'packages/declared/package.json': declared,
      'packages/declared/test/b.js': aTest,
    };
    const root = bed.write(files, newestLine);
    const detection = await bed.detect(root);
    assert.deepEqual(shapeOf(detection, root), {
      '.': ['packages/declared/test/b.js'],
      'packages/configured': ['packages/configured/test/a.js'],
    });
    assert.deepEqual(detection.problems, []);
    assert.equal(new Set(detection.projects.map(project => project.id)).size, 2);
  });

  it('warns when the configured files do not exist', async () => {
    const root = bed.write({ '.mocharc.json': '{ "spec": ["specs/**/*.js"] }' }, newestLine);
    const { projects, problems } = await bed.detect(root);
    assert.deepEqual(projects[0]?.files, []);
    assert.equal(problems.length, 1);
    assert.deepEqual(
      [problems[0]?.severity, problems[0]?.file, problems[0]?.key],
      ['warning', join(root, '.mocharc.json'), 'spec'],
    );
    assert.match(problems[0]?.message ?? '', /No file in .* matches "specs\/\*\*\/\*\.js"/);
  });

  for (const [name, content, place, message] of [
    ['.mocharc.json', '{\n  "spec": [\n}', 3, /in JSON at position|Unexpected token/],
    ['.mocharc.yml', 'spec:\n  - a\n - b: [', 3, /bad indentation/],
    ['.mocharc.js', 'module.exports = {\n  spec: [\n};', 3, /Unexpected token/],
    ['.mocharc.cjs', '\nthrow new Error("no such thing");', 2, /no such thing/],
  ] as const) {
    it(`names the line at which ${name} is broken`, async () => {
      const root = bed.write({ [name]: content, 'test/a.js': aTest }, newestLine);
      const { projects, problems } = await bed.detect(root);
      assert.deepEqual(projects, []);
      assert.equal(problems.length, 1);
      const [problem] = problems;
      assert.deepEqual([problem?.severity, problem?.file, problem?.line], ['error', join(root, name), place]);
      assert.match(problem?.message ?? '', message);
    });
  }

  it('heeds what only a script tells mocha: which files there are, and in what environment', async () => {
    const scripts = { test: 'WHICH=a mocha --require ./set-up.js "src/**/*.spec.js"' };
    const files = {
      'package.json': JSON.stringify({ scripts }),
      'set-up.js': '',
      'src/a.spec.js': aTest,
      'src/deep/b.spec.js': aTest,
      'test/left-out.js': aTest,
    };
    const root = bed.write(files, newestLine);
    assert.deepEqual(shapeOf(await bed.detect(root), root), { '.': ['src/a.spec.js', 'src/deep/b.spec.js'] });
    const own = withMocha({ args: ['test'] });
    assert.deepEqual(shapeOf(await bed.detect(root, own), root), { '.': ['test/left-out.js'] });
  });

  it('says what mocha printed when it gave up on its configuration', async () => {
    const root = bed.write(
      { '.mocharc.js': "console.error('a last word'); process.exit(7);", 'test/a.js': aTest },
      newestLine,
    );
    const [problem] = (await bed.detect(root)).problems;
    assert.match(problem?.message ?? '', /ended with code 7\na last word$/);
  });

  it('tells where mocha is missing, once for a whole monorepo', async () => {
    const files = {
      'package.json': declared,
      'test/a.js': aTest,
      'packages/b/package.json': declared,
      'packages/b/test/b.js': aTest,
    };
    const root = bed.write(files, null);
    const { projects, problems } = await bed.detect(root);
    assert.deepEqual(projects, []);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.message, `Mocha is used in ${root}, but it is not installed there.`);
    assert.match(problems[0].fix ?? '', /npm install/);
  });

  it('tells when mocha is too old', async () => {
    const files = { '.mocharc.json': '{}', 'node_modules/mocha/package.json': '{ "version": "8.4.0" }' };
    const [problem] = (await bed.detect(bed.write(files, null))).problems;
    assert.match(problem?.message ?? '', /^Mocha 8\.4\.0 is installed .*; Bulkhead works with mocha 9 and later\.$/);
  });

  it('names a manifest that is not JSON', async () => {
    const root = bed.write(
      { 'package.json': '{\n"devDependencies": { "mocha": "*" }\n', 'test/a.js': aTest },
      newestLine,
    );
    const [problem] = (await bed.detect(root)).problems;
    assert.deepEqual([problem?.file, problem?.line], [join(root, 'package.json'), 3]);
  });

  describe('with settings', () => {
    const line: MochaLine = newestLine;

    it('looks only into the folders that are named', async () => {
      const files = { '.mocharc.json': '{}', 'test/a.js': aTest, 'inner/test/b.js': aTest };
      const root = bed.write(files, line);
      const detection = await bed.detect(root, withMocha({ folders: ['inner', 'missing'] }));
      assert.deepEqual(shapeOf(detection, root), { inner: ['inner/test/b.js'] });
      const [problem] = detection.problems;
      assert.equal(problem?.key, 'mocha.folders');
      assert.match(problem.message, /There is no folder missing in /);
    });

    it('hands on arguments that are set for mocha itself', async () => {
      const root = bed.write({ '.mocharc.json': '{}', 'other/a.js': aTest, 'test/b.js': aTest }, line);
      assert.deepEqual(shapeOf(await bed.detect(root, withMocha({ args: ['other/*.js'] })), root), {
        '.': ['other/a.js'],
      });
    });

    it('finds nothing when it is turned off', async () => {
      const root = bed.write({ '.mocharc.json': '{}', 'test/a.js': aTest }, line);
      assert.deepEqual(await bed.detect(root, withMocha({ enabled: false })), { projects: [], problems: [] });
    });

    it('uses the Node and the environment that are set', async () => {
      const files = { '.mocharc.js': 'module.exports = { spec: process.env.WHICH };', 'one.js': aTest };
      const root = bed.write(files, line);
      mkdirSync(join(root, 'bin'));
      symlinkSync(process.execPath, join(root, 'bin/own-node'));
      const settings = withMocha({ program: './bin/own-node', env: { WHICH: 'one.js' } });
      assert.deepEqual(shapeOf(await bed.detect(root, settings), root), { '.': ['one.js'] });
    });
  });
});
