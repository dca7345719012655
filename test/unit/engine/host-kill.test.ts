import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import type { OomKill } from '../../../src/cages/kernel-log.ts';
import { hostKillOf, type Suspicion } from '../../../src/engine/host-kill.ts';
import { killed } from './evidence.ts';

const groups = ['/sys/fs/cgroup/memory/docker/x/bulkhead-1-2-3/unit-7'];
const inCage = '/docker/x/bulkhead-1-2-3/unit-7';

function suspicion(
  change: Partial<Suspicion> & { groups?: readonly string[]; capReached?: boolean | null },
): Suspicion {
  const { groups: own = [], capReached = null, ...rest } = change;
  return {
    cage: { traces: { cookie: null, groups: own, keeper: null }, capReached: () => capReached },
    ...{ exit: killed('SIGKILL'), stop: null, oomKills: null },
    wasMember: pid => pid === 71,
    lived: { from: 1000, to: 1010 },
    ...rest,
  };
}

const kill = (change: Partial<OomKill>): OomKill => ({
  ...{ pid: 71, limitGroup: null, victimGroup: null, seconds: 1005 },
  words: 'Out of memory: Killed process 71 (node)',
  ...change,
});
const told =
  (...kills: OomKill[]) =>
  async () =>
    kills;
const unread = () => Promise.reject(new Error('the log was read for nothing'));

describe('a kill for memory that ran out around the cage', () => {
  const counted = suspicion({ groups, oomKills: 1, capReached: false });

  it('is proved by the log, for the group of the cage', async () => {
    const fromMachine = kill({ pid: 4711, victimGroup: inCage });
    assert.deepEqual(await hostKillOf(counted, told(fromMachine)), {
      ...{ proof: 'log', group: null, words: fromMachine.words },
    });
    const nested = kill({ limitGroup: '/docker/x', victimGroup: `${inCage}/made-by-the-test` });
    assert.equal((await hostKillOf(counted, told(nested)))?.group, '/docker/x');
  });

  it('is proved by the counters of the cage where nobody may read the log', async () => {
    const byCounter = { proof: 'counter', group: null, words: null };
    assert.deepEqual(await hostKillOf(counted, async () => null), byCounter);
    const ofAnother = kill({ victimGroup: '/docker/x/bulkhead-1-2-3/unit-70' });
    assert.deepEqual(await hostKillOf(counted, told(ofAnother)), byCounter);
  });

  it('is none where the cap of the cage itself was reached, which needs no log', async () => {
    assert.equal(await hostKillOf(suspicion({ groups, oomKills: 1, capReached: true }), unread), null);
    assert.equal(await hostKillOf(suspicion({ groups, oomKills: 1, capReached: null }), unread), null);
    assert.equal(await hostKillOf(counted, told(kill({ limitGroup: inCage, victimGroup: inCage }))), null);
  });

  it('is never guessed from a SIGKILL that the kernel does not count', async () => {
    assert.equal(await hostKillOf(suspicion({ groups, oomKills: 0, capReached: false }), unread), null);
    assert.equal(await hostKillOf(suspicion({}), told()), null);
    assert.equal(await hostKillOf(suspicion({}), async () => null), null);
  });

  it('is not looked for after an end in order, or one that Bulkhead made', async () => {
    assert.equal(await hostKillOf(suspicion({ exit: { code: 1, signal: null } }), unread), null);
    assert.equal(await hostKillOf(suspicion({ exit: killed('SIGSEGV') }), unread), null);
    assert.equal(await hostKillOf(suspicion({ stop: { kind: 'cancelled' } }), unread), null);
  });

  it('is known by the number of a process where no control group names it, within its life alone', async function () {
    if (process.platform !== 'linux' || readlinkSync('/proc/self/ns/pid') !== 'pid:[4026531836]') {
      this.test!.title = 'not tested here: the kernel’s numbers of processes are not those of this pid namespace';
      return this.skip();
    }
    assert.equal((await hostKillOf(suspicion({}), told(kill({}))))?.proof, 'log');
    assert.equal((await hostKillOf(suspicion({ exit: { code: 137, signal: null } }), told(kill({}))))?.proof, 'log');
    assert.equal(await hostKillOf(suspicion({}), told(kill({ pid: 72 }))), null, 'never a process of it');
    assert.equal(await hostKillOf(suspicion({}), told(kill({ seconds: 900 }))), null, 'before it began');
  });
});
