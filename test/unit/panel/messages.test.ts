import assert from 'node:assert/strict';
import { fromPanel } from '../../../src/panel/messages.ts';

describe('a message from a webview', () => {
  it('is taken for what it is', () => {
    for (const message of [
      { type: 'ready' },
      { type: 'details', key: 'k' },
      { type: 'openMessage', key: 'k', message: 1 },
      { type: 'rerun', keys: ['a', 'b'] },
      { type: 'copy', key: 'k' },
      { type: 'export' },
    ])
      assert.deepEqual(fromPanel(message), message);
  });

  it('brings nothing along that it should not', () => {
    assert.deepEqual(fromPanel({ type: 'reveal', key: 'k', file: '/etc/passwd' }), { type: 'reveal', key: 'k' });
  });

  it('is refused when it does not fit', () => {
    for (const message of [
      null,
      'ready',
      {},
      { type: 'exec' },
      { type: 'reveal' },
      { type: 'rerun', keys: [1] },
      { type: 'openMessage', key: 'k', message: 1.5 },
    ])
      assert.equal(fromPanel(message), undefined);
  });
});
