import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { endThread } from '../../../src/warden/thread-end.ts';

describe('a thread that is to end', () => {
  it('ends, if there is one', async () => {
    assert.equal(await endThread(null), true);
    assert.equal(await endThread(new Worker('setInterval(() => {}, 1000)', { eval: true })), true);
    assert.equal(await endThread(new Worker('for (;;);', { eval: true })), true);
  });

  it('is not waited for in a call that does not return', async function () {
    if (process.platform === 'win32') this.skip(); // no such pipes
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-thread-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const opens = `require('node:worker_threads').parentPort.postMessage(0); require('node:fs').openSync(${JSON.stringify(pipe)})`;
    const worker = new Worker(opens, { eval: true });
    const ended = once(worker, 'exit');
    await once(worker, 'message');
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(await endThread(worker), false);
    closeSync(openSync(pipe, 'r+'));
    await ended;
    rmSync(folder, { recursive: true });
  });
});
