import assert from 'node:assert/strict';
import { pauseMs } from '../../../../src/cages/node-keeper/pause.ts';

const MiB = 1024 ** 2;

describe('the pause between two looks at memory', () => {
  it('is the usual one where there is no cap, or far below it', () => {
    assert.equal(pauseMs(null, 4096 * MiB, 10), 10);
    assert.equal(pauseMs(512 * MiB, 100 * MiB, 10), 10);
  });

  it('is shorter the nearer the cap is, but no shorter than what a look may cost', () => {
    const near = pauseMs(128 * MiB, 108 * MiB, 10);
    assert.ok(near > 3 && near < 10, `${near}`);
    assert.equal(pauseMs(128 * MiB, 127 * MiB, 10), 3);
    assert.equal(pauseMs(128 * MiB, 200 * MiB, 10), 3);
  });

  it('leaves the one that was asked for where that is shorter', () => {
    assert.equal(pauseMs(128 * MiB, 127 * MiB, 1), 1);
  });
});
