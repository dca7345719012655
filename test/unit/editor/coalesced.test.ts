import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { coalesced } from '../../../src/editor/coalesced.ts';

describe('coalesced work', () => {
  it('runs once more for all who asked while it was running', async () => {
    let runs = 0;
    const work = coalesced(async () => {
      runs++;
      await turn();
    });
    const first = work();
    await Promise.all([first, work(), work(), work()]);
    assert.equal(runs, 2);
    await work();
    assert.equal(runs, 3);
  });

  it('settles a caller only by a pass that began after the call', async () => {
    let state = 'old';
    const seen: string[] = [];
    const work = coalesced(async () => {
      const now = state;
      await turn();
      seen.push(now);
    });
    const first = work();
    state = 'new';
    await work();
    assert.deepEqual(seen, ['old', 'new']);
    await first;
  });

  it('goes on after a pass that failed', async () => {
    let fails = true;
    const work = coalesced(async () => {
      await turn();
      if (fails) throw new Error('no');
    });
    const first = work();
    const second = work();
    await assert.rejects(first, /no/);
    fails = false;
    await second;
    await work();
  });
});
