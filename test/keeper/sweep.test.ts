import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Group, newV1Group, newV2Group } from './groups.ts';
import { asSelf } from './kept.ts';
import { living, newTag, sleep, until } from './living.ts';
import { programsOrSkip, skip, type Programs } from './programs.ts';

/** A launcher's word that it lives is the open end of a channel, so this test is the launcher. */
describe('keeper: a sweeper', function () {
  this.timeout(30_000);
  let programs: Programs;
  const sweepers: ChildProcess[] = [];
  before(function () {
    programs = programsOrSkip(this);
  });
  afterEach(() => sweepers.splice(0).forEach(one => one.kill('SIGKILL')));

  function sweeper(...folders: string[]): ChildProcess {
    const words = ['--ctl', '4', ...folders.flatMap(folder => ['--sweep', folder])];
    const one = spawn(programs.keeper, words, { stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'pipe'] });
    sweepers.push(one);
    return one;
  }

  const ignores = ({ pid }: ChildProcess, signal: number) => {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
  };
  const hangUp = (one: ChildProcess) => one.stdio[4]!.destroy();

  function owned(make: (as: typeof asSelf) => Group | string, context: Mocha.Context): Group {
    const group = make(asSelf);
    return typeof group === 'string' ? skip(context, group) : group;
  }

  /** Deaf daemons in groups below, one of which nobody may open. */
  async function fill(folder: string, tag: string): Promise<void> {
    const nested = join(folder, 'cage');
    const closed = join(nested, 'made-by-the-test');
    for (const path of [nested, closed]) mkdirSync(path);
    for (const path of [folder, nested, closed]) {
      const script = `echo $$ > ${path}/cgroup.procs; for i in 1 2 3; do setsid sh -c 'trap "" TERM HUP INT; while :; do sleep 60; done' ${tag} & done`;
      spawn('sh', ['-c', script], { stdio: 'ignore' });
    }
    assert.ok(await until(() => living(tag).length >= 9, 10_000), 'the daemons are there');
    chmodSync(closed, 0);
  }

  for (const [label, make] of [
    ['cgroup v1', newV1Group],
    ['cgroup v2', newV2Group],
  ] as const) {
    it(`ends and removes what is in a group (${label}), and not before its launcher is gone`, async function () {
      const group = owned(make, this);
      const top = join(group.folder, 'owner');
      mkdirSync(top);
      const tag = newTag();
      await fill(top, tag);
      const one = sweeper(top);
      const ended = once(one, 'exit');
      one.stdio[4]!.once('error', () => undefined);
      assert.ok(await until(() => ignores(one, 15), 10_000), 'it is past its start');
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) one.kill(signal);
      await sleep(100);
      assert.ok(living(tag).length >= 9, 'while its launcher lives it ends nobody');
      hangUp(one);
      assert.deepEqual(await ended, [0, null]);
      assert.deepEqual(living(tag), []);
      assert.ok(!existsSync(top));
      await group.remove();
    });
  }

  it('sweeps several groups, of which some are gone already, and touches nothing beside them', async function () {
    const group = owned(newV1Group, this);
    const [own, other] = [join(group.folder, 'own'), join(group.folder, 'other')];
    mkdirSync(own);
    mkdirSync(other);
    const neighbour = spawn('sleep', ['60'], { stdio: 'ignore' });
    writeFileSync(join(other, 'cgroup.procs'), String(neighbour.pid));
    const tag = newTag();
    await fill(own, tag);
    const one = sweeper(join(group.folder, 'gone'), own);
    const ended = once(one, 'exit');
    hangUp(one);
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(living(tag), []);
    assert.equal(neighbour.exitCode, null);
    assert.ok(existsSync(other));
    neighbour.kill('SIGKILL');
    await once(neighbour, 'exit');
    const last = sweeper(other);
    const lastEnded = once(last, 'exit');
    hangUp(last);
    assert.deepEqual([await lastEnded, existsSync(other)], [[0, null], false]);
    await group.remove();
  });

  it('goes by itself when everything is removed before', async () => {
    const one = sweeper('/sys/fs/cgroup/no-such-group');
    const ended = once(one, 'exit');
    hangUp(one);
    assert.deepEqual(await ended, [0, null]);
  });
});
