import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Slots } from '../../../src/engine/slots.ts';

describe('slots', () => {
  async function begun(slots: Slots, sizes: number[]) {
    const releases: ((() => void) | undefined)[] = sizes.map(() => undefined);
    sizes.forEach((size, index) => void slots.claim(size).then(release => (releases[index] = release)));
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
});
