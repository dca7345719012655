import assert from 'node:assert/strict';
import { whyNotThisNode } from '../../../src/cli/own-node.ts';

describe('the Node that Bulkhead itself runs in', () => {
  it('may be 22.13 or any later one', () => {
    for (const version of ['22.13.0', '22.20.1', '24.0.0', '26.1.0'])
      assert.equal(whyNotThisNode(version, 'node'), null);
  });

  it('is named where it is too old, with what to do', () => {
    for (const version of ['22.12.9', '20.20.2', '18.0.0']) {
      const because = whyNotThisNode(version, '/usr/bin/node') ?? '';
      assert.match(
        because,
        /^Bulkhead needs Node 22\.13 or later, and this is [\d.]+ \(\/usr\/bin\/node\)\. Start it with a newer one/,
      );
      assert.ok(because.includes(version));
    }
  });
});
