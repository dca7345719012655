import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../../../src/engine/clock.ts';

/** Nothing else of this process happens meanwhile, as when the machine sleeps. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a time limit', () => {
  it('is over after its time', async () => {
    const began = performance.now();
    await new Promise<void>(resolve => new Clock().after(1300, resolve));
    const took = performance.now() - began;
    assert.ok(took >= 1290, `took ${took} ms`);
  });

  it('does not count while tests are suspended', async () => {
    const clock = new Clock();
    let over = false;
    clock.after(300, () => (over = true));
    await sleep(50);
    clock.pause();
    await sleep(600);
    assert.equal(over, false);
    clock.resume();
    await sleep(600);
    assert.equal(over, true);
  });

  it('begins to count when tests go on, if it was set while they were suspended', async () => {
    const clock = new Clock();
    clock.pause();
    let over = false;
    clock.after(10, () => (over = true));
    await sleep(100);
    assert.equal(over, false);
    clock.resume();
    await sleep(200);
    assert.equal(over, true);
  });

  it('does not count a sleep of the machine', async () => {
    let over = false;
    const began = performance.now();
    new Clock().after(2500, () => (over = true));
    standStill(3500);
    await sleep(20);
    assert.equal(over, false, `${performance.now() - began} ms have passed, but no more than a second of them counts`);
    await sleep(2500);
    assert.equal(over, true);
  });

  it('begins again with each sign of life, and can be called off', async () => {
    const clock = new Clock();
    let over = false;
    const idle = clock.after(400, () => (over = true));
    for (let i = 0; i < 8; i++) {
      await sleep(100);
      idle.restart();
    }
    assert.equal(over, false);
    idle.cancel();
    await sleep(600);
    assert.equal(over, false);
  });
});
