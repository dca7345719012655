import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { turns } from '../../../src/editor/turns.ts';

describe('turns', () => {
  it('let no more than so many work at once, and everybody in the end, in order', async () => {
    const inTurn = turns(2);
    const done: number[] = [];
    let working = 0;
    let most = 0;
    const work = (index: number) => async () => {
      most = Math.max(most, ++working);
      await turn();
      working--;
      done.push(index);
    };
    await Promise.all([1, 2, 3, 4, 5].map(index => inTurn(work(index))));
    assert.equal(most, 2);
    assert.deepEqual(done, [1, 2, 3, 4, 5]);
  });

  it('go on after work that failed', async () => {
    const inTurn = turns(1);
    await assert.rejects(
      inTurn(async () => {
        throw new Error('no');
      }),
      /no/,
    );
    assert.equal(await inTurn(async () => 'next'), 'next');
  });
});
