import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Capacity } from '../../../src/engine/capacity.ts';
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

  describe('of several runs', () => {
    function queues(jobs: number, budgetBytes: number, over: () => boolean = () => false) {
      const capacity = new Capacity();
      return [new Slots(jobs, budgetBytes, { capacity }), new Slots(jobs, budgetBytes, { capacity, over })] as const;
    }

    it('keep all caps within the budget together, and all jobs', async () => {
      const [one, other] = queues(3, 100);
      const first = await begun(one, [60]);
      const second = await begun(other, [60, 1, 1]);
      assert.deepEqual([running(first), running(second)], [[true], [false, false, false]]);
      first[0]!();
      await turn();
      assert.deepEqual(running(second), [true, true, true]);
      assert.deepEqual(running(await begun(one, [1])), [false]);
    });

    it('share their locks, and leave one that runs alone in peace', async () => {
      const [one, other] = queues(4, 100);
      const first = await begun(one, [{ locks: ['a'] }]);
      const second = await begun(other, [{ locks: ['a'] }, { weight: 0 }]);
      assert.deepEqual(running(second), [false, false]);
      first[0]!();
      await turn();
      assert.deepEqual(running(second), [true, false]);
      second[0]!();
      await turn();
      assert.deepEqual(running(second), [true, true]);
      assert.deepEqual(running(await begun(one, [1])), [false]);
    });

    it('do not leave the only test of one behind the many of another', async () => {
      const [many, one] = queues(2, 100);
      const first = await begun(many, [1, 1, 1, 1]);
      const second = await begun(one, [1]);
      assert.deepEqual([running(first), running(second)], [[true, true, false, false], [false]]);
      first[0]!();
      await turn();
      assert.deepEqual([running(first), running(second)], [[true, true, false, false], [true]]);
    });

    it('do not make a run that is over wait for places of another', async () => {
      let over = false;
      const [one, other] = queues(2, 100, () => over);
      const first = await begun(one, [{ weight: 0, locks: ['a'] }, { weight: 0 }]);
      const second = await begun(other, [{ locks: ['a'] }, 1, 1]);
      assert.deepEqual(running(second), [false, false, false]);
      over = true;
      other.recheck();
      await turn();
      assert.deepEqual(running(second), [true, true, false], 'a few at a time');
      second[0]!();
      second[1]!();
      await turn();
      assert.deepEqual(running(second), [true, true, true]);
      second[2]!();
      await turn();
      assert.deepEqual(running(first), [true, false], 'what is over took no place, and gives none back');
      first[0]!();
      await turn();
      assert.deepEqual(running(first), [true, true]);
    });
  });
});
