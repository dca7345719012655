import assert from 'node:assert/strict';
import { endOf } from '../../../../src/cages/windows/statuses.ts';

describe('the end of a program on Windows', () => {
  it('by a fault is a crash, whether its code is told with or without a sign', () => {
    assert.deepEqual(endOf(0xc0000005, null), { kind: 'ended', code: null, signal: 'SIGSEGV' });
    assert.deepEqual(endOf(0xc0000005 | 0, null), { kind: 'ended', code: null, signal: 'SIGSEGV' });
    assert.deepEqual(endOf(0xc0000409, null), { kind: 'ended', code: null, signal: 'SIGABRT' });
  });

  it('by any other code is that code', () => {
    for (const code of [0, 1, 134, 0xc0000001]) {
      assert.deepEqual(endOf(code, null), { kind: 'ended', code, signal: null });
    }
    assert.deepEqual(endOf(null, 'SIGTERM'), { kind: 'ended', code: null, signal: 'SIGTERM' });
  });
});
