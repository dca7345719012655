import assert from 'node:assert/strict';
import { isBelow, mountPointsBelow } from '../../../src/cages/mount-points.ts';

const info = [
  '22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda rw',
  '30 22 0:21 / /work rw - tmpfs none rw',
  '31 30 0:22 / /work/a/node_modules rw - ext4 /dev/sdb rw',
  '32 31 0:23 / /work/a/node_modules/deep rw - ext4 /dev/sdb rw',
  '33 30 0:24 / /work/a/odd\\040n\\303\\244me\\134 rw - ext4 /dev/sdb rw',
  '34 30 0:25 / /work/ab rw - ext4 /dev/sdb rw',
  '35 30 0:25 / /work/a/odd\\040n\\303\\244me\\134 rw - overlay none rw',
  '',
].join('\n');

describe('the file systems that are mounted below a folder', () => {
  it('are the outermost ones, once each, by the names that they have', () => {
    assert.deepEqual(mountPointsBelow('/work/a', info), ['/work/a/node_modules', '/work/a/odd näme\\']);
    assert.deepEqual(mountPointsBelow('/work/ab', info), []);
    assert.deepEqual(mountPointsBelow('/', info), ['/work']);
  });

  it('can be read of this machine', function () {
    if (process.platform !== 'linux') return this.skip(); // only Linux has such a list
    assert.ok(mountPointsBelow('/').includes('/proc'));
  });

  it('do not take a name that begins alike for one below', () => {
    assert.deepEqual(
      [isBelow('/ab', '/a'), isBelow('/a/b', '/a'), isBelow('/a', '/a'), isBelow('/a', '/')],
      [false, true, false, true],
    );
  });
});
