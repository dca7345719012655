import assert from 'node:assert/strict';
import type { Pool } from '../../../src/cages/host-memory.ts';
import type { StopReason } from '../../../src/engine/evidence.ts';
import { type Held, ShortageWatch } from '../../../src/engine/shortage-watch.ts';

const MiB = 1024 ** 2;

class Cage implements Held {
  stopReason: StopReason | null = null;
  readonly #mebibytes: number;
  constructor(mebibytes: number) {
    this.#mebibytes = mebibytes;
  }
  live() {
    return { memoryBytes: this.#mebibytes * MiB };
  }
  async stop(reason: StopReason) {
    this.stopReason = reason;
  }
}

const pool = (availableMiB: number, totalMiB = 8192, group: string | null = null): Pool => ({
  group,
  totalBytes: totalMiB * MiB,
  availableBytes: availableMiB * MiB,
});

/** Which of the cages were ended at one look. */
function ended(pools: readonly Pool[], sizes: readonly number[], floorMiB: number | null = null): number[] {
  const cages = sizes.map(size => new Cage(size));
  new ShortageWatch(() => pools).look(cages, floorMiB === null ? null : floorMiB * MiB, 0);
  return cages.flatMap((cage, index) => (cage.stopReason ? [sizes[index]!] : []));
}

describe('the watch on the memory around the cages', () => {
  it('ends the largest cage under the floor, and none above it', () => {
    assert.deepEqual(ended([pool(100)], [50, 300, 200]), [300]);
    assert.deepEqual(ended([pool(200)], [50, 300, 200]), []);
    assert.deepEqual(ended([pool(200)], [50, 300, 200], 400), [300]);
    assert.deepEqual(ended([pool(1)], [300], 0), [], 'turned off');
  });

  it('keeps little free on a small machine', () => {
    assert.deepEqual(ended([pool(15, 1024)], [300]), [300]);
    assert.deepEqual(ended([pool(30, 1024)], [300]), []);
  });

  it('looks at each limit above, and says which was short', async () => {
    const cage = new Cage(300);
    new ShortageWatch(() => [pool(4000), pool(10, 1024, '/docker/x')]).look([cage], null, 0);
    assert.deepEqual(cage.stopReason, {
      ...{ kind: 'shortage', group: '/docker/x', availableBytes: 10 * MiB, heldBytes: 300 * MiB },
      floorBytes: Math.round(1024 * MiB * 0.02),
    });
  });

  it('does not end tests for what others have taken', () => {
    assert.deepEqual(ended([pool(28)], [40, 30]), [], '100 MiB are missing');
    assert.deepEqual(ended([pool(28)], [60, 50]), [60]);
    assert.deepEqual(ended([pool(1)], []), []);
  });

  it('waits for what it has ended, and passes over what is ending', () => {
    const [first, second] = [new Cage(300), new Cage(200)];
    const watch = new ShortageWatch(() => [pool(100)]);
    watch.look([first, second], null, 0);
    watch.look([first, second], null, 500);
    assert.deepEqual(
      [first, second].map(({ stopReason }) => stopReason?.kind),
      ['shortage', undefined],
    );
    watch.look([first, second], null, 1500);
    assert.equal(second.stopReason?.kind, 'shortage');
  });
});
