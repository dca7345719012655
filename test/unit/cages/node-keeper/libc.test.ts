import assert from 'node:assert/strict';
import { endOf, usageOf } from '../../../../src/cages/node-keeper/libc.ts';

describe('what the C library tells a keeper in Node', () => {
  it('is the code or the signal of a child, also of a signal without a name', () => {
    assert.deepEqual(endOf(7, 0), { pid: 7, exit: 0, signal: null });
    assert.deepEqual(endOf(7, 255 << 8), { pid: 7, exit: 255, signal: null });
    assert.deepEqual(endOf(7, 9), { pid: 7, exit: null, signal: 9 });
    assert.deepEqual(endOf(7, 0x80 | 11), { pid: 7, exit: null, signal: 11 }, 'with a core dump');
    assert.deepEqual(endOf(7, 35), { pid: 7, exit: null, signal: 35 });
  });

  it('is time and storage, on processors of either width', () => {
    const words = [1, 500_000, 0, 250_000, 0, 0, 0, 0, 0, 0, 0, 4, 8, 0, 0, 0];
    const expected = { cpuMs: 1750, readBytes: 2048, writtenBytes: 4096 };
    assert.deepEqual(usageOf(Buffer.from(new BigInt64Array(words.map(BigInt)).buffer), 8), expected);
    assert.deepEqual(usageOf(Buffer.from(new Int32Array(words).buffer), 4), expected);
  });
});
