import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlGroup } from '../../src/cages/cgroup-files.ts';
import { ownCgroups } from '../../src/cages/mounts.ts';
import { throttledSince, Throttling } from '../../src/cages/throttling.ts';

const nothing = { unified: null, unifiedMount: null, legacy: new Map<string, string>() };

/** A group below our own of version 1, where the CPU controller is one that we may divide. */
function dividable(): string | null {
  const own = ownCgroups().legacy.get('cpu');
  try {
    if (own) accessSync(own, constants.W_OK);
    return own ?? null;
  } catch {
    return null;
  }
}

describe('a CPU quota above the cages', () => {
  const parent = dividable();
  const group = parent && new ControlGroup(join(parent, `bulkhead-throttling-${process.pid}`));

  it('is noticed when it is used up', async function () {
    if (!group) return this.skip();
    group.create();
    try {
      // 1 ms of each 100 ms: used up however busy the machine is.
      group.set('cpu.cfs_quota_us', 1000);
      const throttling = new Throttling({ ...nothing, legacy: new Map([['cpu', group.path]]) });
      const before = throttling.soFar();
      const busy = spawn('sh', ['-c', 'echo $$ >"$0/cgroup.procs"; while :; do :; done', group.path], {
        stdio: 'ignore',
      });
      try {
        while ((throttledSince(before, throttling.soFar())?.ms ?? 0) < 100) await sleep(20);
      } finally {
        busy.kill('SIGKILL');
        await once(busy, 'exit');
      }
      const since = throttledSince(before, throttling.soFar())!;
      assert.ok(since.times > 0, `${since.times} times`);
    } finally {
      await group.remove();
    }
  });

  it('is not told of where there is none', () => {
    assert.equal(new Throttling(nothing).soFar(), null);
    assert.equal(new Throttling({ ...nothing, legacy: new Map([['cpu', '/nowhere']]) }).soFar(), null);
  });
});
