import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('does not count a sleep of the machine, however often it sleeps', async () => {
    let over = false;
    const ended = new Promise<void>(resolve => new Clock().after(1500, resolve)).then(() => (over = true));
    for (let times = 0; times < 2; times++) {
      standStill(3500);
      await sleep(20);
      assert.equal(over, false);
    }
    await ended;
  });

  it('counts the time for which this process itself kept its loop busy', async () => {
    const order: string[] = [];
    const ended = new Promise<void>(resolve => new Clock().after(1500, resolve)).then(() => order.push('limit'));
    const began = performance.now();
    const { user, system } = process.cpuUsage();
    const cpuMs = () => (process.cpuUsage().user + process.cpuUsage().system - user - system) / 1000;
    while (performance.now() - began < 3500 || cpuMs() < 1600);
    // Less than what is left after a stall that does not count.
    await Promise.all([ended, sleep(800).then(() => order.push('later'))]);
    assert.deepEqual(order, ['limit', 'later']);
  });

  it('lets be read what came before its end, if its process stood still until then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-clock-'));
    const server = createServer();
    await once(server.listen(join(folder, 'socket')), 'listening');
    const test = connect(join(folder, 'socket'));
    const [[heard]] = (await Promise.all([once(server, 'connection'), once(test, 'connect')])) as [[Socket], unknown];
    const order: string[] = [];
    new Clock().after(200, () => order.push('limit'));
    const read = once(
      heard.on('data', () => order.push('end')),
      'data',
    );
    test.write('the test has ended');
    standStill(400);
    await read;
    while (order.length < 2) await sleep(10);
    test.destroy();
    heard.destroy();
    server.close();
    rmSync(folder, { recursive: true });
    assert.deepEqual(order, ['end', 'limit']);
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
