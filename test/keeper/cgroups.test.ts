import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroup1, cgroup2 } from './cages.ts';
import { newFreezerGroup, newV1Group, newV2Group } from './groups.ts';
import { asSelf, endEverything, identities, Kept } from './kept.ts';
import { newTag, until } from './living.ts';
import { instrumented, programsOrSkip, skip, type Programs } from './programs.ts';

for (const as of identities) {
  describe(`keeper: cgroups (as ${as.label})`, () => {
    let programs: Programs;
    before(function () {
      programs = programsOrSkip(this);
    });
    afterEach(endEverything);

    for (const cage of [cgroup1, cgroup2]) {
      for (const extra of [[], ['--pidns'], ['--netns']]) {
        it(`${cage.label} ${extra.join()}: the command and all its children are inside, the keeper and its init are not`, async function () {
          const open = cage.open(as);
          if (typeof open === 'string') skip(this, open);
          const { options = [], ...rest } = open.kept;
          const command = ['sh', '-c', 'sleep 30 & sleep 30'];
          const kept = new Kept({ keeper: programs.keeper, ...rest, options: [...options, ...extra], command });
          const { pid } = await kept.event('started');
          kept.send('census\n');
          const census = (await kept.event('census'))['processes'] as { pid: number }[];
          const inside = open.inside();
          assert.ok(inside.includes(Number(pid)));
          for (const one of census) assert.ok(inside.includes(one.pid), `${one.pid} is outside`);
          for (const one of kept.machinery) assert.ok(!inside.includes(one), `${one} is inside`);
          assert.equal((await kept.end())['survivors'], 0);
          assert.deepEqual(open.inside(), []);
          await open.close();
        });
      }
    }

    it('a cgroup that is not there, or not ours, stops the launch and says which', async function () {
      const foreign = newV1Group(asSelf);
      const cases: [string, string][] = [['/sys/fs/cgroup/no-such-group', 'ENOENT']];
      if (typeof foreign !== 'string' && as.ids.uid !== undefined) cases.push([foreign.folder, 'EACCES']);
      for (const [folder, errno] of cases) {
        const kept = new Kept({ keeper: programs.keeper, options: ['--cgroup', folder], as, command: ['true'] });
        const failed = await kept.event('spawn-failed');
        assert.deepEqual([failed['stage'], failed['errno']], ['cgroup', errno]);
        assert.match(String(failed['message']), /cgroup/);
        assert.deepEqual(await kept.exited, { code: 121, signal: null });
      }
      if (typeof foreign !== 'string') await foreign.remove();
    });
  });
}

describe('keeper: cgroups together', () => {
  let programs: Programs;
  before(function () {
    programs = programsOrSkip(this);
  });
  afterEach(endEverything);

  it('v1 and v2 at once: inside both', async function () {
    const [one, two] = [newV1Group(asSelf), newV2Group(asSelf)];
    if (typeof one === 'string') skip(this, one);
    if (typeof two === 'string') skip(this, two);
    const options = ['--cgroup', one.folder, '--cgroup', two.folder];
    const kept = new Kept({ keeper: programs.keeper, prefix: two.prefix, options, command: ['sleep', '30'] });
    const { pid } = await kept.event('started');
    assert.deepEqual([one.processes(), two.processes()], [[pid], [pid]]);
    await kept.end();
    await Promise.all([one.remove(), two.remove()]);
  });

  it('what the v1 freezer holds is thawed to be killed, when the launcher is gone', async function () {
    const group = newFreezerGroup();
    if (typeof group === 'string') skip(this, group);
    const command = ['sh', '-c', 'sleep 30 & sleep 30'];
    const kept = new Kept({ keeper: programs.keeper, options: ['--cgroup', group.folder], command });
    await kept.event('started');
    assert.ok(await until(() => group.processes().length >= 2, 10_000));
    writeFileSync(join(group.folder, 'freezer.state'), 'FROZEN');
    kept.hangUp();
    await kept.exited;
    assert.deepEqual(group.processes(), []);
    await group.remove();
  });

  it('a v1 memory cap ends a hog at exactly the cap, and keeper tells the signal', async function () {
    this.timeout(20_000);
    if (instrumented !== '') skip(this, 'nothing of the keeper is in this group');
    const group = newV1Group(asSelf);
    if (typeof group === 'string') skip(this, group);
    const cap = 64 * 1024 * 1024;
    writeFileSync(join(group.folder, 'memory.limit_in_bytes'), String(cap));
    const command = [programs.attack('hog'), newTag(), '200'];
    const kept = new Kept({ keeper: programs.keeper, options: ['--cgroup', group.folder], command });
    const done = await kept.event('done');
    assert.deepEqual([done['reason'], done['signal']], ['exit', 9]);
    assert.ok(Number(readFileSync(join(group.folder, 'memory.max_usage_in_bytes'), 'utf8')) <= cap);
    await kept.exited;
    await group.remove();
  });
});
