import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { pageBytes, pageSizeOf } from '../../../src/cages/page-size.ts';

describe('the size of a page', () => {
  it('is what the kernel said to a program of either width', () => {
    const wide = Buffer.from(new BigUint64Array([16n, 0xbfebfbffn, 6n, 65_536n, 0n, 0n]).buffer);
    assert.equal(pageSizeOf(wide, 8), 65_536);
    const narrow = Buffer.from(new Uint32Array([16, 0xbfebfbff, 6, 16_384, 0, 0]).buffer);
    assert.equal(pageSizeOf(narrow, 4), 16_384);
    assert.equal(pageSizeOf(Buffer.alloc(0), 8), 4096, 'the usual one where it said nothing');
  });

  it('is that of this machine', function () {
    if (process.platform !== 'linux') this.skip(); // nobody asks for it there
    assert.equal(pageBytes, Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' })));
  });
});
