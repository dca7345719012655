import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interruption } from '../../../src/cli/interruption.ts';

describe('a request to stop', () => {
  let heard: string[];
  let interruption: Interruption;

  beforeEach(() => {
    heard = [];
    interruption = new Interruption({
      say: text => heard.push(text.split(/[:.]/)[0] ?? ''),
      abandon: code => heard.push(`left with ${code}`),
      patienceMs: 30,
    });
    interruption.whenAsked(hard => heard.push(hard ? 'hard' : 'soft'));
  });

  afterEach(() => interruption.end());

  it('is first polite, then hard, then final', () => {
    assert.equal(interruption.exitCode, null);
    for (let time = 0; time < 3; time++) interruption.raise('SIGINT');
    assert.deepEqual(heard, ['Stopping', 'soft', 'Killing the running tests', 'hard', 'Leaving', 'left with 130']);
  });

  it('is known to whoever waits, with the code of its signal', async () => {
    interruption.raise('SIGTERM');
    interruption.raise('SIGINT');
    assert.equal(await interruption.requested, 143);
    assert.equal(interruption.exitCode, 143);
  });

  it('is hard and silent when nobody reads any more', () => {
    interruption.raise('SIGPIPE');
    assert.deepEqual(heard, ['hard']);
    assert.equal(interruption.exitCode, 141);
  });

  it('does not wait for ever for what cannot be killed', async () => {
    interruption.raise('SIGHUP');
    interruption.raise('SIGHUP');
    await sleep(80);
    assert.equal(heard.at(-1), 'left with 129');
  });

  it('waits no longer when everything has ended', async () => {
    interruption.raise('SIGPIPE');
    interruption.end();
    await sleep(80);
    assert.deepEqual(heard, ['hard']);
  });

  it('may come before there is a run', () => {
    const early = new Interruption({ say: () => {}, abandon: () => {}, patienceMs: 30 });
    early.raise('SIGINT');
    assert.equal(early.exitCode, 130);
  });
});
