import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { marked } from './alive.ts';
import { bulkhead } from './command-line.ts';
import { lacking, openMarked, runAll } from './marked-session.ts';
import { TestWorkspace } from './workspace.ts';

const MiB = 1024 ** 2;

describe('tests that the configuration calls destructive', () => {
  let workspace: TestWorkspace;
  let mark: string;
  beforeEach(() => (mark = `bulkhead-test-${randomUUID()}`));
  afterEach(async () => {
    // A test that is skipped has none.
    await workspace?.remove();
    assert.deepEqual(marked(mark), [], 'nothing may be left alive');
  });

  const open = () => openMarked(workspace, mark);

  /** Two tame tests and a wild one, which says in its own name what it does. */
  function ofTags(isolation: 'test' | 'file', destructive: readonly object[]): void {
    const source = `
      const { appendFileSync } = require('node:fs');
      const { spawnSync } = require('node:child_process');
      const ran = () => appendFileSync(require('node:path').join(__dirname, 'witness'), 'x');
      describe('a mixed file', () => {
        it('is tame', ran);
        describe('@deep', () => {
          it('overflows its stack', () => {
            ran();
            console.log('stack', String(spawnSync('sh', ['-c', 'ulimit -s']).stdout));
          });
        });
        it('is tame too, and slow @slow', ran);
      });`;
    workspace = new TestWorkspace({ 'test/mixed.test.js': source, 'package.json': '{}', '.mocharc.json': '{}' });
    workspace.linkFrameworks();
    const config = { isolation, timeout: '20s', destructive, overrides: [{ tests: '@slow', timeout: '40s' }] };
    workspace.write('bulkhead.config.json', JSON.stringify(config));
  }

  for (const isolation of ['test', 'file'] as const) {
    it(`that are told by a tag are refused one by one, beside others of their file (a cage for each ${isolation})`, async () => {
      ofTags(isolation, [{ tags: ['@deep'], preset: 'stack-overflow' }]);
      const { records } = await runAll(await open(), {});
      const verdicts = Object.fromEntries(
        records.map(({ test, verdict }) => [test.titlePath.at(-1) ?? '', verdict.kind]),
      );
      assert.deepEqual(verdicts, {
        'is tame': 'passed',
        'overflows its stack': 'error',
        'is tame too, and slow @slow': 'passed',
      });
      const refused = records.find(({ verdict }) => verdict.kind === 'error')!;
      assert.match(refused.messages[0]?.text ?? '', /^Refused: this test is destructive \("stack-overflow"\)/);
      assert.equal(readFileSync(join(workspace.root, 'test/witness'), 'utf8'), 'xx', 'the wild one did not run');
    });

    it(`that are told by a tag have its limits, and their neighbours their own (a cage for each ${isolation})`, async () => {
      ofTags(isolation, [{ tags: ['@deep'], preset: 'stack-overflow' }]);
      const { records } = await runAll(await open(), { 'destructive.allow': true });
      assert.deepEqual(
        records.map(({ verdict }) => verdict.kind),
        ['passed', 'passed', 'passed'],
      );
      const limitsOf = (title: string) => records.find(({ test }) => test.titlePath.at(-1) === title)!.limits;
      const wild = records.find(({ test }) => test.titlePath.includes('@deep'))!;
      assert.equal(wild.limits.stackBytes, MiB);
      assert.match(wild.output.text, /stack 1024/);
      assert.deepEqual(
        [limitsOf('is tame').stackBytes, limitsOf('is tame too, and slow @slow').timeoutMs],
        [null, 40_000],
      );
    });
  }

  it('may not have a needed limit taken off for their file', async () => {
    workspace = new TestWorkspace({ 'deep.sh': 'touch witness' });
    const destructive = [{ files: '*.sh', preset: 'stack-overflow' }];
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    const config = {
      destructive,
      overrides: [{ files: '*.sh', stack: 'none' }],
      frameworks: { mocha: false, command },
    };
    workspace.write('bulkhead.config.json', JSON.stringify(config));
    const { records } = await runAll(await open(), { 'destructive.allow': true });
    assert.match(records[0]?.messages[0]?.text ?? '', /its limit "stack" is set to "none"/);
    assert.equal(existsSync(join(workspace.root, 'witness')), false);
  });

  it('that fork or spin without an end reach their own limit', async function () {
    if (lacking) {
      this.test!.title += ` [skipped: ${lacking}]`;
      return this.skip();
    }
    workspace = new TestWorkspace({
      'fork.sh': 'for i in $(seq 300); do sleep 5 & done; wait',
      'spin.sh': 'while :; do :; done',
    });
    const destructive = [
      { files: 'fork.sh', preset: 'fork-bomb' },
      { files: 'spin.sh', preset: 'cpu' },
    ];
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    workspace.write('bulkhead.config.json', JSON.stringify({ destructive, frameworks: { mocha: false, command } }));
    const { records } = await runAll(await open(), { 'destructive.allow': true });
    assert.deepEqual(Object.fromEntries(records.map(({ test, verdict }) => [basename(test.file), verdict])), {
      'fork.sh': { kind: 'limit-reached', limit: 'processes', allowed: 100 },
      'spin.sh': { kind: 'limit-reached', limit: 'cpu', allowed: 1000 },
    });
  });

  it('are allowed in the terminal by a flag or a variable', async () => {
    workspace = new TestWorkspace({ 'deep.sh': 'ulimit -s' });
    const destructive = [{ files: '*.sh', preset: 'stack-overflow' }];
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    workspace.write('bulkhead.config.json', JSON.stringify({ destructive, frameworks: { mocha: false, command } }));
    const refused = await bulkhead(workspace.root, 'run', { MARK: mark });
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /Error before anything was started: Refused: this file is destructive/);
    assert.equal((await bulkhead(workspace.root, 'run --allow-destructive', { MARK: mark })).code, 0);
    assert.equal((await bulkhead(workspace.root, 'run', { MARK: mark, BULKHEAD_ALLOW_DESTRUCTIVE: '1' })).code, 0);
  });
});
