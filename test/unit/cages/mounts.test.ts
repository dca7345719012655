import assert from 'node:assert/strict';
import { ownCgroups } from '../../../src/cages/mounts.ts';

describe('the control groups of this process', () => {
  it('are found on a desktop with version 2 only', () => {
    const own = ownCgroups(
      '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate',
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/code.scope\n',
    );
    assert.equal(own.unified, '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/code.scope');
    assert.equal(own.legacy.size, 0);
  });

  it('are found on a hybrid machine, each controller in its own hierarchy', () => {
    const own = ownCgroups(
      [
        '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
        '36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
        '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      ].join('\n'),
      '4:memory:/api/x\n2:cpu,cpuacct:/\n0::/\n',
    );
    assert.equal(own.unified, '/sys/fs/cgroup/unified');
    assert.equal(own.legacy.get('memory'), '/sys/fs/cgroup/memory/api/x');
    assert.equal(own.legacy.get('cpuacct'), '/sys/fs/cgroup/cpu,cpuacct');
  });

  it('are found in a container that mounts its own subtree only', () => {
    const own = ownCgroups(
      '1 1 0:1 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory',
      '4:memory:/docker/abc/inner\n',
    );
    assert.equal(own.legacy.get('memory'), '/sys/fs/cgroup/memory/inner');
  });

  it('fall back to the mount itself when the path lies outside of it', () => {
    const own = ownCgroups('1 1 0:1 /a /sys/fs/cgroup rw - cgroup2 cgroup2 rw', '0::/b\n');
    assert.equal(own.unified, '/sys/fs/cgroup');
  });
});
