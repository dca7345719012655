import assert from 'node:assert/strict';
import { KernelLog } from '../../../src/cages/kernel-log.ts';

/** As /dev/kmsg gives them: a record each time it is read. */
function logOf(...words: readonly string[]): KernelLog {
  const records = words.map(
    (text, index) => `4,${1000 + index},${(index + 1) * 1_000_000},-;${text}\n SUBSYSTEM=none\n`,
  );
  return new KernelLog(() => records.shift() ?? null);
}

const summary = (scope: string, pid: number) =>
  `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,${scope},task=node,pid=${pid},uid=0`;

describe('the kernel’s log of kills for memory', () => {
  it('tells a shortage of the machine from the limit of a control group', async () => {
    const kills = await logOf(
      'dd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=800',
      summary('global_oom,task_memcg=/user.slice/a,b/unit-1', 71),
      'Out of memory: Killed process 71 (node) total-vm:68512kB, anon-rss:8064kB',
      summary('oom_memcg=/docker/x,task_memcg=/docker/x/bulkhead-1-2-3/unit-2', 72),
      'Memory cgroup out of memory: Killed process 72 (node) total-vm:68512kB',
      'oom_reaper: reaped process 72 (node), now anon-rss:0kB',
    ).kills();
    assert.deepEqual(
      kills?.map(({ pid, limitGroup, victimGroup, seconds }) => [pid, limitGroup, victimGroup, seconds]),
      [
        [71, null, '/user.slice/a,b/unit-1', 3],
        [72, '/docker/x', '/docker/x/bulkhead-1-2-3/unit-2', 5],
      ],
    );
  });

  it('reads what kernels without a summary say', async () => {
    const kills = await logOf(
      'Out of memory: Kill process 81 (node) score 900 or sacrifice child',
      'Memory cgroup out of memory: Kill process 82 (node) score 900 or sacrifice child',
      'Out of memory (oom_kill_allocating_task): Killed process 83 (node) total-vm:1kB',
    ).kills();
    assert.deepEqual(
      kills?.map(({ pid, limitGroup }) => [pid, limitGroup]),
      [
        [81, null],
        [82, ''],
        [83, null],
      ],
    );
  });

  it('goes on where it stopped, and keeps what it has read', async () => {
    const records = ['4,1,1000000,-;Out of memory: Killed process 91 (a)\n'];
    const log = new KernelLog(() => records.shift() ?? null);
    assert.equal((await log.kills())?.length, 1);
    for (let pid = 0; pid < 250; pid++)
      records.push(`4,${2 + pid},2000000,-;Out of memory: Killed process ${pid} (a)\n`);
    const both = await Promise.all([log.kills(), log.kills()]);
    assert.deepEqual(
      both.map(kills => kills?.length),
      [251, 251],
      'two at once read each record once',
    );
  });

  it('counts what was overwritten before it was read, and what is too much to be kept', async () => {
    const kill = (number: number) => `4,${number},1000000,-;Out of memory: Killed process ${number} (a)\n`;
    const records = [kill(900), kill(901)];
    const log = new KernelLog(() => records.shift() ?? null);
    await log.kills();
    assert.equal(log.missing, 0, 'what was there before the first look');
    records.push(kill(905));
    await log.kills();
    assert.equal(log.missing, 3);
    for (let number = 906; number < 1506; number++) records.push(kill(number));
    assert.equal((await log.kills())?.length, 500);
    assert.equal(log.missing, 3 + 103);
  });

  it('says where nobody may read it', async () => {
    assert.equal(await new KernelLog(null).kills(), null);
  });
});
