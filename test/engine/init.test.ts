import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bulkhead } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

const config = 'bulkhead.config.json';

describe('bulkhead init', () => {
  let workspace: TestWorkspace;

  const make = (files: Readonly<Record<string, string>>) => {
    workspace = new TestWorkspace(files);
    return workspace.root;
  };
  const packageOf = (script: string) => JSON.stringify({ scripts: { test: script } });
  const aTest = "import { it } from 'node:test';\nit('passes', () => {});\n";

  afterEach(() => workspace.remove());

  it('writes what it found, and runs as before with it', async () => {
    const root = make({
      'packages/a/package.json': packageOf('node --test'),
      'packages/a/a.test.mjs': aTest,
      'packages/b/package.json': packageOf('node --test'),
      'packages/b/b.test.mjs': aTest,
    });
    const { code, stdout, stderr } = await bulkhead(root, 'init');
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Wrote bulkhead\.config\.json\. .*\nFound:\n {2}node-test: 2 files in packages\/a, packages\/b\n/,
    );
    assert.match(
      readFileSync(join(root, config), 'utf8'),
      /\/\/ "node-test": \{ "folders": \["packages\/a", "packages\/b"\] \},/,
    );

    const run = await bulkhead(root, 'run');
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /^2 tests: 2 passed in /m);
    assert.equal(run.stderr, '');
  });

  it('leaves a file alone that is there, also a broken one', async () => {
    const root = make({ [config]: '{ broken' });
    const { code, stdout, stderr } = await bulkhead(root, 'init');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /bulkhead\.config\.json.*is there already and was left as it is/);
    assert.equal(readFileSync(join(root, config), 'utf8'), '{ broken');
  });

  it('says so when there is nothing to find', async () => {
    const root = make({ 'README.md': '' });
    const { code, stdout } = await bulkhead(root, 'init --json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { format: 1, file: join(root, config), frameworks: [] });
    assert.ok(existsSync(join(root, config)));
  });

  it('writes through no link, not even one that leads nowhere', async () => {
    const root = make({ 'README.md': '' });
    symlinkSync(join(root, 'elsewhere.json'), join(root, config));
    const { code, stderr } = await bulkhead(root, 'init');
    assert.equal(code, 2);
    assert.match(stderr, /is there already and was left as it is/);
    assert.ok(!existsSync(join(root, 'elsewhere.json')));
  });

  it('takes no path', async () => {
    const { code, stderr } = await bulkhead(make({ a: '' }), 'init packages/a');
    assert.equal(code, 2);
    assert.match(stderr, /init takes no path.*bulkhead init --folder packages\/a/s);
  });
});
