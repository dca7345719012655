import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TestWorkspace } from '../../engine/workspace.ts';

/** Run by an ordinary user without systemd, in a leaf of a control group that is the user's and divided already. */
describe('a warden where there is no systemd', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  it('is a child of its client, and has cages of cgroup v2 all the same', async () => {
    workspace = new TestWorkspace({});
    const client = await workspace.warden();
    assert.deepEqual([client.info.cage.mechanism, client.info.cage.passedOver], ['cgroup2', []]);
    const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${client.pid}/status`, 'utf8'))?.[1];
    assert.equal(Number(parent), process.pid);
  });

  it('is not started where nothing but a unit will do', async () => {
    workspace = new TestWorkspace({});
    const started = workspace.warden([], { env: { ...process.env, BULKHEAD_SYSTEMD: 'always' } });
    await assert.rejects(started, /no systemd of this user answers at \/run\/user\/1000\/bus/);
  });
});
