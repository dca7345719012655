import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killNow } from '../../src/cages/owner.ts';
import { isStopped } from '../../src/cages/processes.ts';
import type { PastRun } from '../../src/protocol/history.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { marked, until } from './alive.ts';
import { bulkhead, CommandLine } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

const windowHost = join(import.meta.dirname, 'window-host.ts');
const patienceMs = 60_000;
const config = (more: object) =>
  JSON.stringify({
    ...more,
    frameworks: { mocha: false, command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
  });
/** Ends when it is told to. */
const waits = 'echo >begun; while [ ! -e go ]; do sleep 0.05; done; echo >done';

describe('a process of Bulkhead that stands still', function () {
  this.timeout(180_000);
  let workspace: TestWorkspace;

  before(function () {
    if (process.platform === 'linux') return;
    console.log('      is looked for in /proc');
    this.skip();
  });
  afterEach(() => workspace.remove());

  it('costs no test its time, if it is the warden, however often it is stopped', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config({ timeout: '4s' }), 'a.sh': waits });
    const there = (name: string) => () => existsSync(join(workspace.root, name));
    const notices: Notice[] = [];
    const warden = await workspace.warden(notices);
    const { pid } = warden;
    const run = warden.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
    await until('the test has begun', there('begun'), patienceMs);
    try {
      for (let left = 4; left > 0; left--) {
        process.kill(pid, 'SIGSTOP');
        // More of such stalls than the time limit has seconds, each longer than any stall of a busy machine.
        await sleep(3500);
        if (left === 1) {
          writeFileSync(join(workspace.root, 'go'), '');
          await until('the test has ended meanwhile', there('done'), patienceMs);
        }
        process.kill(pid, 'SIGCONT');
        await sleep(50);
      }
    } finally {
      killNow(pid, 'SIGCONT');
    }
    const { counts } = await run;
    assert.deepEqual(counts, { passed: 1 }, JSON.stringify(notices));
  });

  it('keeps no test from running, if it is the extension host, and misses none of them', async () => {
    const tests = 6;
    const names = Array.from({ length: tests }, (_, index) => `t${index}.sh`);
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({ jobs: 2 }),
      ...Object.fromEntries(names.map(name => [name, 'echo x >>ran; sleep 0.2; echo x >>over'])),
    });
    const lines = (name: string) => {
      const path = join(workspace.root, name);
      return existsSync(path) ? readFileSync(path, 'utf8').length / 2 : 0;
    };
    const mark = `bulkhead-test-${randomUUID()}`;
    const host = new CommandLine(workspace.root, [], { MARK: mark }, windowHost);
    const { pid } = host.process as { pid: number };
    try {
      await until('a test has begun', () => lines('ran') > 0, patienceMs);
      process.kill(pid, 'SIGSTOP');
      await until('all tests are over', () => lines('over') === tests, patienceMs);
      assert.ok(isStopped(pid));
    } finally {
      killNow(pid, 'SIGCONT');
    }
    const { code, stderr } = await host.ended;
    assert.equal(code, 0, stderr);
    const { stdout } = await bulkhead(workspace.root, 'show --json');
    const { state, planned, recorded, counts } = (JSON.parse(stdout) as { run: PastRun }).run;
    assert.deepEqual([state, planned, recorded, counts], ['ended', tests, tests, { passed: tests }]);
    await until('nothing is alive', () => marked(mark).length === 0, patienceMs);
  });
});
