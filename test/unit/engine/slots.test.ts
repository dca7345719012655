import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type Claim, Slots } from '../../../src/engine/slots.ts';

describe('slots', () => {
  async function begun(slots: Slots, claims: readonly (number | Partial<Claim>)[]) {
    const releases: ((() => void) | undefined)[] = claims.map(() => undefined);
    claims.forEach((claim, index) => {
      const own = typeof claim === 'number' ? { bytes: claim } : claim;
      void slots.claim({ bytes: 1, ...own }).then(release => (releases[index] = release));
    });
    await turn();
    return releases;
  }
  const running = (releases: unknown[]) => releases.map(release => release !== undefined);

  it('admit as many as there are jobs, in order', async () => {
    const releases = await begun(new Slots(2, 1000), [1, 1, 1]);
    assert.deepEqual(running(releases), [true, true, false]);
    releases[0]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, true]);
  });

  it('admit what is more urgent first, and equals in order', async () => {
    const releases = await begun(new Slots(1, 1000), [1, {}, { rank: 2.5 }, { rank: 2.1 }, { rank: 0.5 }, {}]);
    const order: number[] = [];
    const next = () => releases.findIndex((release, index) => release !== undefined && !order.includes(index));
    for (let at = next(); at !== -1; at = next()) {
      order.push(at);
      releases[at]!();
      await turn();
    }
    assert.deepEqual(order, [4, 0, 1, 5, 3, 2]);
  });

  it('compare what is claimed in the same turn', async () => {
    const releases = await begun(new Slots(1, 1000), [{ rank: 3 }, { rank: 2 }]);
    assert.deepEqual(running(releases), [false, true]);
  });

  it('keep the sum of caps within the budget', async () => {
    const releases = await begun(new Slots(8, 100), [60, 60, 30]);
    assert.deepEqual(running(releases), [true, false, false], 'a large one that waits is not overtaken');
    releases[0]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, true]);
  });

  it('let one that is larger than the whole budget run alone', async () => {
    const releases = await begun(new Slots(4, 100), [500, 10]);
    assert.deepEqual(running(releases), [true, false]);
    releases[0]!();
    await turn();
    assert.deepEqual(running(releases), [true, true]);
  });

  it('are given back once, however often it is said', async () => {
    const slots = new Slots(1, 100);
    const releases = await begun(slots, [10, 10, 10]);
    releases[0]!();
    releases[0]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, false]);
  });

  it('let one with "exclusive" run alone, and not wait for ever', async () => {
    const releases = await begun(new Slots(3, 1000), [1, { weight: 0 }, 1, 1]);
    assert.deepEqual(running(releases), [true, false, false, false], 'what comes later does not keep it from its turn');
    releases[0]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, false, false]);
    releases[1]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, true, true]);
  });

  it('count a heavy one for several jobs, and one that is too heavy for all of them', async () => {
    const releases = await begun(new Slots(3, 1000), [{ weight: 2 }, 1, { weight: 9 }, 1]);
    assert.deepEqual(running(releases), [true, true, false, false]);
    releases[0]!();
    releases[1]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, true, false]);
  });

  it('give a lock to one at a time, in order, while others go on', async () => {
    const [a, b, both] = [{ locks: ['a'] }, { locks: ['b'] }, { locks: ['a', 'b'] }];
    const releases = await begun(new Slots(8, 1000), [a, both, b, a, 1]);
    assert.deepEqual(running(releases), [true, false, false, false, true], 'b is kept for the one that waits for both');
    releases[0]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, false, false, true]);
    releases[1]!();
    await turn();
    assert.deepEqual(running(releases), [true, true, true, true, true]);
  });
});
