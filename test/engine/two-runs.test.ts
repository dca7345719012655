import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../src/protocol/messages.ts';
import { until } from './alive.ts';
import { TestWorkspace } from './workspace.ts';

/** Runs until it is let go, and fails when another like it runs at the same time. */
const alone = `mkdir alone || exit 1
touch "began-$(basename "$0")"
while [ ! -e go ]; do sleep 0.05; done
rmdir alone`;

/** Its tests are known when it is let go. */
const lists = `[ "$1" = --list ] || exit 0
touch "began-$(basename "$0")"
while [ ! -e go ]; do sleep 0.05; done
echo one`;

const command = [
  { name: 'shell', files: '[a-f]*.sh', command: ['sh', '${file}'] },
  { name: 'listed', files: 'list-*.sh', list: ['sh', '${file}', '--list'], command: ['sh', '${file}', '${test}'] },
];

describe('two runs of one workspace at the same time', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  async function open(scripts: Readonly<Record<string, string>>, settings: object) {
    const config = { ...settings, timeout: '60s', frameworks: { mocha: false, command } };
    workspace = new TestWorkspace({ ...scripts, 'bulkhead.config.json': JSON.stringify(config) });
    const notices: Notice[] = [];
    const client = await workspace.warden(notices);
    const projects = await workspace.projects(client);
    const run = (file: string) => {
      const id = randomUUID();
      const path = join(workspace.root, file);
      const project = projects.find(({ files }) => files.includes(path))!;
      const selection = { kind: 'some', projects: [{ project: project.id, files: [{ file: path }] }] } as const;
      const summary = client.request('run', { run: id, selection, overrides: {} });
      return { id, summary };
    };
    return { client, notices, run, began: (file: string) => existsSync(join(workspace.root, `began-${file}`)) };
  }
  const letGo = () => writeFileSync(join(workspace.root, 'go'), '');

  it('share the locks', async () => {
    const overrides = [{ files: '[ab].sh', locks: ['one at a time'] }];
    const { run, began } = await open({ 'a.sh': alone, 'b.sh': alone, 'free.sh': 'true' }, { jobs: 4, overrides });
    const first = run('a.sh');
    await until('the first test runs', () => began('a.sh'));
    const second = run('b.sh');
    assert.deepEqual((await run('free.sh').summary).counts, { passed: 1 });
    assert.equal(began('b.sh'), false);
    letGo();
    assert.deepEqual([(await first.summary).counts, (await second.summary).counts], [{ passed: 1 }, { passed: 1 }]);
  });

  it('keep their caps within the memory budget together', async () => {
    const settings = { jobs: 4, memory: '64 MiB', memoryBudget: '100 MiB' };
    const { run, began } = await open({ 'a.sh': alone, 'b.sh': alone }, settings);
    const first = run('a.sh');
    await until('the first test runs', () => began('a.sh'));
    const second = run('b.sh');
    await sleep(500);
    assert.equal(began('b.sh'), false);
    letGo();
    assert.deepEqual([(await first.summary).counts, (await second.summary).counts], [{ passed: 1 }, { passed: 1 }]);
  });

  it('end when they are stopped, whatever the other one holds', async () => {
    const overrides = [{ files: '*.sh', locks: ['one at a time'] }];
    const { client, notices, run, began } = await open({ 'a.sh': alone, 'b.sh': alone }, { jobs: 4, overrides });
    const first = run('a.sh');
    await until('the first test runs', () => began('a.sh'));
    const second = run('b.sh');
    const planned = (each: Notice) => each.notice === 'planned' && each.run === second.id;
    await until('the second is planned', () => notices.some(planned));
    await client.request('stop', { run: second.id, hard: false });
    assert.deepEqual([(await second.summary).counts, began('b.sh')], [{ cancelled: 1 }, false]);
    letGo();
    assert.deepEqual((await first.summary).counts, { passed: 1 });
  });

  it('leave to each other what is being listed when one of them is stopped', async () => {
    const { client, run, began } = await open({ 'list-a.sh': lists, 'list-b.sh': lists }, { jobs: 4 });
    const first = run('list-a.sh');
    const second = run('list-b.sh');
    await until('both are listed', () => began('list-a.sh') && began('list-b.sh'));
    await client.request('stop', { run: second.id, hard: false });
    assert.deepEqual((await second.summary).counts, {});
    letGo();
    assert.deepEqual((await first.summary).counts, { passed: 1 });
  });
});
