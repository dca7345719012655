import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSender, receive } from '../../../bench/channel.ts';

describe('the channel from a framework', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    if (process.platform === 'win32') this.skip(); // there is no SIGKILL
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-channel-'));
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it('loses none of 200,000 events whose sender is killed after the last one', async () => {
    const tests = 100_000;
    let [starts, ends, outOfOrder] = [0, 0, 0];
    const { events, problems, signal } = await receive(await bundleSender(folder), [0, tests], event => {
      if (event.t !== 'start' && event.t !== 'end') return;
      const number = event.t === 'start' ? starts++ : ends++;
      if (event.path[1] !== `test number ${number}`) outOfOrder++;
    });
    assert.deepEqual([signal, events, problems], ['SIGKILL', 2 * tests, []]);
    assert.deepEqual([starts, ends, outOfOrder], [tests, tests, 0]);
  });
});
