import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostMemory } from '../../../src/cages/host-memory.ts';

const GiB = 1024 ** 3;

describe('the memory around the cages', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bulkhead-host-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  const meminfo = (available: number, swap = 0) =>
    `MemTotal:       ${(16 * GiB) / 1024} kB\nMemFree:  1 kB\nMemAvailable:   ${available / 1024} kB\nSwapFree:  ${swap / 1024} kB\n`;
  const legacy = (path: string) => ({ unified: null, unifiedMount: null, legacy: new Map([['memory', path]]) });

  it('counts the swap space that is left', () => {
    write({ meminfo: meminfo(GiB, 2 * GiB) });
    const pools = new HostMemory(legacy('/nowhere'), join(root, 'meminfo')).pools();
    assert.deepEqual(pools, [{ group: null, totalBytes: 16 * GiB, availableBytes: 3 * GiB }]);
  });

  it('knows the limits of the groups above, and what may be reclaimed in them', () => {
    write({
      meminfo: meminfo(8 * GiB),
      'v1/cgroup.procs': '',
      'v1/memory.limit_in_bytes': String(4 * GiB),
      'v1/memory.usage_in_bytes': String(3 * GiB),
      'v1/memory.stat': `inactive_file 1\ntotal_inactive_file ${GiB / 2}\ntotal_active_file ${GiB / 4}\n`,
      'v1/leaf/cgroup.procs': '',
      'v1/leaf/memory.limit_in_bytes': '9223372036854771712',
    });
    const [, ...groups] = new HostMemory(legacy(join(root, 'v1/leaf')), join(root, 'meminfo')).pools();
    assert.deepEqual(groups, [{ group: join(root, 'v1'), totalBytes: 4 * GiB, availableBytes: 1.75 * GiB }]);
    write({
      'v2/cgroup.procs': '',
      'v2/memory.max': String(2 * GiB),
      'v2/memory.current': String(2 * GiB),
      'v2/memory.stat': `inactive_file 4096\nactive_file 0\nslab_reclaimable 4096\n`,
    });
    const own = { unified: join(root, 'v2'), unifiedMount: root, legacy: new Map<string, string>() };
    assert.equal(new HostMemory(own, join(root, 'meminfo')).pools()[1]?.availableBytes, 8192);
  });

  it('tells nothing where the system does not', () => {
    assert.deepEqual(new HostMemory(legacy('/nowhere'), join(root, 'missing')).pools(), []);
  });
});
