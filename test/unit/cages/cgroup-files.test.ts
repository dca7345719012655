import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlGroup } from '../../../src/cages/cgroup-files.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Folders in place of control groups: the rights of both are the same. Some file systems count no links of a folder. */
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

describe('control group', function () {
  if (process.platform !== 'linux') return void it.skip('is a part of Linux');
  let folder: string;
  let group: ControlGroup;

  beforeEach(() => {
    folder = mkdtempSync(join(root, 'bulkhead-groups-'));
    group = new ControlGroup(folder);
    if (isRoot) chownSync(folder, nobody, nobody);
    // Rights mean nothing to root.
    if (isRoot) process.seteuid!(nobody);
    holds(folder, 1);
  });

  afterEach(() => {
    if (isRoot) process.seteuid!(0);
    rmSync(folder, { recursive: true });
  });

  it('counts the processes of groups that were made inside it', () => {
    nest('nested', 2);
    nest('nested/deeper', 3, 4);
    assert.deepEqual(group.pids(), [1, 2, 3, 4]);
  });

  it('counts, at its first look, those of groups that were closed to everyone', () => {
    nest('nested', 2);
    nest('nested/deeper', 3);
    chmodSync(join(folder, 'nested/deeper'), 0);
    chmodSync(join(folder, 'nested'), 0);
    chmodSync(folder, 0);
    assert.deepEqual(group.pids(), [1, 2, 3]);
  });

  it('has none once it is removed', () => {
    assert.deepEqual(new ControlGroup(join(folder, 'gone')).pids(), []);
  });

  function nest(path: string, ...pids: number[]): void {
    mkdirSync(join(folder, path));
    holds(join(folder, path), ...pids);
  }
});

function holds(folder: string, ...pids: number[]): void {
  writeFileSync(join(folder, 'cgroup.procs'), pids.map(pid => `${pid}\n`).join(''));
}
