import assert from 'node:assert/strict';
import { LargeCaps } from '../../../src/engine/unheld.ts';

describe('caps that are more than all together may be', () => {
  it('are told once each, however many files have them', () => {
    const caps = new LargeCaps(32 * 1024 ** 2);
    const of = (...mebibytes: (number | null)[]) =>
      [...caps.news(mebibytes.map(each => ({ limits: { memoryBytes: each === null ? null : each * 1024 ** 2 } })))].map(
        ({ message }) => message.slice(0, message.indexOf(' that caps')),
      );
    assert.deepEqual(of(16, 32, null), []);
    assert.deepEqual(of(64, 64, 16), ['The cap of 64 MiB is more than the 32 MiB']);
    assert.deepEqual(of(64), []);
    assert.deepEqual(of(128, 64), ['The cap of 128 MiB is more than the 32 MiB']);
  });
});
