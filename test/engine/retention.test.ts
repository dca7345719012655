import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './alive.ts';
import { bulkhead } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

const shell = { name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] };

describe('the past that a warden keeps', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  it('is what the settings say, and the terminal says what is gone', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': JSON.stringify({ output: '1 KiB', frameworks: { mocha: false, command: [shell] } }),
      'a.sh': 'yes | head -c 3000000; exit 1',
    });
    const runs = () => readdirSync(join(workspace.root, '.bulkhead/runs'));
    const warden = await workspace.warden();
    for (const run of ['one', 'two', 'three'])
      await warden.request('run', { run, selection: { kind: 'all' }, overrides: {} });
    assert.equal(runs().length, 3);

    workspace.write(
      'bulkhead.config.json',
      JSON.stringify({ 'history.size': '4 MiB', output: '1 KiB', frameworks: { mocha: false, command: [shell] } }),
    );
    await warden.request('run', { run: 'four', selection: { kind: 'all' }, overrides: {} });
    const hasOutput = (run: string) => existsSync(join(workspace.root, '.bulkhead/runs', run, 'output'));
    await until('the output of the old ones is gone', () => !hasOutput('two') && !hasOutput('three'));
    assert.deepEqual([runs().length, hasOutput('four')], [4, true]);
    const { stdout } = await bulkhead(workspace.root, 'show two');
    assert.match(stdout, /there is no file of it \(it was removed, as "history\.size" says/);
    assert.equal((await warden.request('history', {})).length, 4);

    workspace.write(
      'bulkhead.config.json',
      JSON.stringify({ 'history.runs': 2, frameworks: { mocha: false, command: [shell] } }),
    );
    await warden.request('run', { run: 'five', selection: { kind: 'all' }, overrides: {} });
    await until('the old ones are gone', () => runs().length === 2);
    assert.deepEqual(
      (await warden.request('history', {})).map(({ run }) => run),
      ['five', 'four'],
    );
  });
});
