import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroup1, cgroup2, everyCage } from './cages.ts';
import { asSelf, endEverything, identities, Kept } from './kept.ts';
import { living, newTag, sleep, until } from './living.ts';
import { instrumented, programsOrSkip, skip, type Programs } from './programs.ts';

describe('keeper: someone dies who should not', () => {
  let programs: Programs;
  before(function () {
    programs = programsOrSkip(this);
  });
  afterEach(endEverything);

  for (const as of identities) {
    for (const cage of everyCage) {
      it(`the launcher is killed: all of its tests are gone within 1 s (${cage.label}, as ${as.label})`, async function () {
        this.timeout(60_000);
        for (const attack of ['daemon', 'nameless', 'comet', 'stubborn', 'orphans']) {
          const open = cage.open(as);
          if (typeof open === 'string') skip(this, open);
          const { prefix = [], options = [] } = open.kept;
          const tag = newTag();
          const launch = [
            process.execPath,
            join(import.meta.dirname, 'launcher.ts'),
            programs.keeper,
            ...options,
            '--',
          ];
          const [program = '', ...words] = [...prefix, ...launch, programs.attack(attack), tag];
          const launcher = spawn(program, words, {
            stdio: ['pipe', 'pipe', 'inherit'],
            ...(open.kept.as?.ids ?? {}),
          });
          await once(launcher.stdout, 'data');
          // Long enough for the attack to do what it does.
          await sleep(60);
          assert.ok(living(tag).length > 1, `${attack} is not even there`);
          launcher.kill('SIGKILL');
          assert.ok(await until(() => living(tag).length === 0, 1000), `${attack}: ${living(tag).join()} after 1 s`);
          await open.close();
        }
      });
    }
  }

  it('the keeper is killed in a pid namespace: the kernel ends everything within 1 s', async () => {
    for (const attack of ['daemon', 'stubborn', 'orphans']) {
      const tag = newTag();
      const kept = new Kept({ keeper: programs.keeper, options: ['--pidns'], command: [programs.attack(attack), tag] });
      await kept.event('started');
      await sleep(50);
      process.kill(kept.pid, 'SIGKILL');
      assert.ok(await until(() => living(tag).length === 0, 1000), attack);
    }
  });

  it('the init of a pid namespace is killed: the keeper says what it knows and what it does not', async () => {
    const tag = newTag();
    const kept = new Kept({
      keeper: programs.keeper,
      options: ['--pidns'],
      command: [programs.attack('stubborn'), tag],
    });
    const { init } = await kept.event('started');
    process.kill(Number(init), 'SIGKILL');
    const done = await kept.event('done');
    assert.deepEqual([done['signal'], done['survivors'], done['cpuComplete']], [9, 0, false]);
    await kept.exited;
    assert.deepEqual(living(tag), []);
  });

  it('the keeper is killed as a mere subreaper: at least its leader dies with it', async () => {
    const tag = newTag();
    const kept = new Kept({ keeper: programs.keeper, command: [programs.attack('stubborn'), tag] });
    await kept.event('started');
    process.kill(kept.pid, 'SIGKILL');
    await kept.exited;
    assert.ok(await until(() => living(tag).length === 0, 1000));
  });

  describe('a test that kills its own keeper', () => {
    it('as a subreaper: a detached process escapes, and the missing last line tells the launcher', async () => {
      const tag = newTag();
      const kept = new Kept({ keeper: programs.keeper, command: [programs.attack('assassin'), tag] });
      assert.deepEqual(await kept.exited, { code: null, signal: 'SIGKILL' });
      await kept.closed;
      assert.ok(!kept.events.some(({ event }) => event === 'done'), 'no proof of an empty cage was given');
      assert.ok(await until(() => living(tag).length === 1, 1000), 'the leader is dead, the daemon is not');
      for (const pid of living(tag)) process.kill(pid, 'SIGKILL');
    });

    for (const cage of [cgroup1, cgroup2]) {
      it(`in a ${cage.label}: what escapes the keeper is still in the cgroup`, async function () {
        const open = cage.open(asSelf);
        if (typeof open === 'string') skip(this, open);
        const tag = newTag();
        const kept = new Kept({ keeper: programs.keeper, ...open.kept, command: [programs.attack('assassin'), tag] });
        assert.deepEqual(await kept.exited, { code: null, signal: 'SIGKILL' });
        assert.ok(await until(() => living(tag).length === 1, 1000));
        assert.deepEqual(open.inside(), living(tag));
        for (const pid of living(tag)) process.kill(pid, 'SIGKILL');
        await open.close();
      });
    }

    for (const as of identities) {
      it(`in a pid namespace: cannot even see it (as ${as.label})`, async () => {
        const tag = newTag();
        const command = [programs.attack('assassin'), tag];
        const kept = new Kept({ keeper: programs.keeper, options: ['--pidns'], as, command });
        assert.equal((await kept.event('leader-exited'))['exit'], 0);
        assert.equal((await kept.end())['survivors'], 0);
        await kept.closed;
        assert.equal(kept.output, 'still here\n');
        assert.deepEqual(living(tag), []);
      });
    }
  });

  it('a process of another user cannot be killed: the keeper counts it as a survivor and exits with 123', async function () {
    this.timeout(20_000);
    const ordinary = identities.find(({ ids }) => ids.uid !== undefined);
    if (ordinary === undefined) skip(this, 'only root can install a setuid program');
    if (instrumented !== '') skip(this, 'a sanitized keeper leaks the survivor into its own exit check');
    const riser = join(programs.folder, 'risen');
    copyFileSync(programs.attack('riser'), riser);
    chownSync(riser, 0, 0);
    chmodSync(riser, 0o4755);
    const tag = newTag();
    const kept = new Kept({
      keeper: programs.keeper,
      options: ['--kill-bound', '300'],
      as: ordinary,
      command: [riser, tag],
    });
    await kept.event('leader-exited');
    if (living(tag, kept.machinery).length === 0) skip(this, 'this file system honours no setuid bit');
    const done = await kept.end();
    assert.deepEqual([done['survivors'], done['cpuComplete']], [1, false]);
    assert.deepEqual(await kept.exited, { code: 123, signal: null });
    assert.equal(living(tag).length, 1, 'it told the truth');
    for (const pid of living(tag)) process.kill(pid, 'SIGKILL');
  });
});
