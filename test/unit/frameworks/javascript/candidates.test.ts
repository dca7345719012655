import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { findCandidates } from '../../../../src/frameworks/javascript/candidates.ts';
import { commands, type Runner } from '../../../../src/frameworks/javascript/runner.ts';

const runner: Runner = {
  name: 'mocha',
  title: 'Mocha',
  package: 'mocha',
  oldest: 9,
  configs: ['.mocharc.json'],
  manifestKey: 'mocha',
  command: commands.mocha,
};

describe('a folder may use a framework of JavaScript', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bulkhead-candidates-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  async function kinds(files: Readonly<Record<string, unknown>>): Promise<Record<string, string>> {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), JSON.stringify(content));
    }
    const { candidates, problems } = await findCandidates(
      runner,
      { name: 'workspace', path: root },
      { enabled: true, args: [], env: {} },
    );
    assert.deepEqual(problems, []);
    return Object.fromEntries(candidates.map(each => [relative(root, each.root) || '.', each.kind]));
  }

  it('by its configuration, in a file or in the manifest', async () => {
    const files = { 'a/.mocharc.json': {}, 'b/package.json': { mocha: { spec: 'x' } } };
    assert.deepEqual(await kinds(files), { a: 'configured', b: 'configured' });
  });

  it('by a script that runs it, wherever it is installed', async () => {
    const files = {
      'a/package.json': { scripts: { test: 'c8 mocha' } },
      'b/package.json': { scripts: { test: 'tsc' } },
    };
    assert.deepEqual(await kinds(files), { a: 'declared' });
  });

  it('by a dependency, unless its scripts run other frameworks only', async () => {
    const devDependencies = { mocha: '*' };
    const files = {
      'alone/package.json': { devDependencies },
      'left-over/package.json': { devDependencies, scripts: { test: 'vitest run' } },
      'both/package.json': { devDependencies, scripts: { test: 'vitest run && npm run old', old: 'mocha' } },
      'configured/package.json': { devDependencies, mocha: {}, scripts: { test: 'node --test' } },
    };
    assert.deepEqual(await kinds(files), { alone: 'declared', both: 'declared', configured: 'configured' });
  });

  it('and not by the mere word in its manifest', async () => {
    assert.deepEqual(await kinds({ 'package.json': { description: 'Like mocha, but colder.' } }), {});
  });
});
