import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pidNamespace, subreaper } from './cages.ts';
import { identities, Kept, endEverything } from './kept.ts';
import { living, newTag, until } from './living.ts';
import { instrumented, programsOrSkip, skip, type Programs } from './programs.ts';

const describeCages = (scenarios: (options: readonly string[], as: (typeof identities)[number]) => void) => {
  for (const as of identities) {
    for (const [label, options] of [
      [subreaper.label, []],
      [pidNamespace.label, ['--pidns']],
    ] as const) {
      describe(`${label}, as ${as.label}`, () => scenarios(options, as));
    }
  }
};

describe('keeper: what a command gets and gives back', () => {
  let programs: Programs;
  before(function () {
    programs = programsOrSkip(this);
  });
  afterEach(endEverything);

  describeCages((options, as) => {
    const start = (...command: string[]) => new Kept({ keeper: programs.keeper, options, as, command });

    for (const code of [0, 1, 7, 126, 127, 255]) {
      it(`mirrors exit code ${code}`, async () => {
        const kept = start('sh', '-c', `exit ${code}`);
        const exited = await kept.event('leader-exited');
        assert.deepEqual([exited['exit'], exited['signal'], exited['core']], [code, null, false]);
        const done = await kept.event('done');
        assert.deepEqual([done['reason'], done['exit'], done['signal'], done['survivors']], ['exit', code, null, 0]);
        assert.deepEqual(await kept.exited, { code, signal: null });
      });
    }

    for (const signal of [1, 2, 6, 9, 11, 13, 15, 34]) {
      it(`mirrors death by signal ${signal} as ${128 + signal}`, async () => {
        // The test is never process 1: a process 1 would survive all of these.
        const kept = start('sh', '-c', `kill -${signal} $$`);
        const exited = await kept.event('leader-exited');
        assert.deepEqual([exited['exit'], exited['signal']], [null, signal]);
        assert.deepEqual(await kept.exited, { code: 128 + signal, signal: null });
      });
    }

    it('is prompt itself when it watches, and gives the command the scheduling that it would have without a keeper', async () => {
      const read = 'grep -E "^(policy|prio|se.slice)" /proc/self/sched; nice';
      const alone = spawnSync('sh', ['-c', read], { encoding: 'utf8', ...as.ids }).stdout;
      const kept = new Kept({
        keeper: programs.keeper,
        options: [...options, '--mem', '100000000'],
        as,
        command: ['sh', '-c', read],
      });
      await kept.closed;
      assert.equal(kept.output, alone);
      assert.match(alone, /\d/);
    });

    it('gives it nothing of what was open in whoever started the launcher', async () => {
      const prefix = ['bash', '-c', 'exec 5</dev/null 77</dev/null; exec "$@"', 'bash'];
      const kept = new Kept({ keeper: programs.keeper, options, as, prefix, command: [programs.attack('inherited')] });
      await kept.exited;
      await kept.closed;
      assert.match(kept.output, /^descriptors 0 1 2 3$/m);
    });

    it('gives the command its descriptors but not the control channel, and nothing of its own state', async () => {
      const kept = start(programs.attack('inherited'));
      await kept.exited;
      await kept.closed;
      const facts: Record<string, string | undefined> = Object.fromEntries(
        kept.output.split('\n').map(line => line.split(/ (.*)/).slice(0, 2) as [string, string]),
      );
      assert.equal(facts['descriptors'], '0 1 2 3');
      assert.equal(facts['blocked'], '0');
      assert.equal(facts['ignored'], '0');
      assert.equal(facts['leads'], '1', 'its own session and group');
      assert.equal(facts['dumpable'], '1');
      assert.equal(facts['core'], '0');
      assert.equal(facts['pid1'], '0');
      assert.equal(facts['files'], spawnSync('sh', ['-c', 'ulimit -Sn'], { encoding: 'utf8' }).stdout.trim());
    });

    it('says who the leader is, as the machine knows it', async () => {
      const kept = start('sleep', '30');
      const { pid, start: started } = await kept.event('started');
      const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
      assert.match(stat, /^\d+ \(sleep\)/);
      assert.equal(stat.split(') ')[1]?.split(' ')[19], started);
      await kept.end();
    });

    it('hands over every word, however many', async () => {
      const words = Array.from({ length: 20_000 }, (_, i) => `word${i}`);
      const kept = start('sh', '-c', 'echo $# ${19999} ${20000}', 'sh', ...words);
      const done = await kept.event('done');
      await kept.closed;
      assert.deepEqual([kept.output.trim(), done['exit']], ['20000 word19998 word19999', 0]);
    });

    it('says exactly why a command cannot be started', async () => {
      const folder = programs.folder;
      const script = join(folder, 'not-executable');
      writeFileSync(script, 'hello');
      chmodSync(script, 0o644);
      for (const [command, errno, code] of [
        ['/no/such/program', 'ENOENT', 127],
        ['no-such-program-anywhere', 'ENOENT', 127],
        [script, 'EACCES', 126],
        [folder, 'EACCES', 126],
        ['/etc/passwd/x', 'ENOTDIR', 126],
      ] as const) {
        // A folder of the path that the user may not enter would turn "not found" into "denied".
        const env = { ...process.env, PATH: '/usr/bin:/bin' };
        const kept = new Kept({ keeper: programs.keeper, options, as, command: [command], env });
        const failed = await kept.event('spawn-failed');
        assert.deepEqual([failed['errno'], failed['stage']], [errno, 'exec'], kept.lines.join());
        assert.match(String(failed['message']), /^exec .+: .+/);
        assert.deepEqual(await kept.exited, { code, signal: null });
        assert.equal(kept.events.length, 1, 'nothing is said after that');
      }
    });

    it('closes its own copies of the pipes, so that their end means what it says', async () => {
      const kept = start('sh', '-c', 'exec >&- 2>&- 3>&- <&-; exec sleep 30');
      await new Promise(resolve => kept.process.stdout?.once('end', resolve));
      assert.equal(kept.process.exitCode, null, 'the keeper still runs');
      await kept.end();
    });

    it('is closed to a test of the same user: neither its descriptors nor its memory can be had', async function () {
      if (as.ids.uid === undefined) skip(this, 'root may look into everything');
      const kept = start('sh', '-c', 'ls /proc/$PPID/fd && echo open; head -c 1 /proc/$PPID/environ && echo open');
      await kept.event('done');
      await kept.closed;
      assert.match(kept.output, /Permission denied[^]*Permission denied/);
      assert.doesNotMatch(kept.output, /open$/m);
    });

    it('is not hit by a test that signals its own process group', async () => {
      const kept = start(programs.attack('group_killer'));
      assert.equal((await kept.event('leader-exited'))['signal'], 9);
      assert.equal((await kept.event('done'))['survivors'], 0);
      assert.deepEqual(await kept.exited, { code: 137, signal: null });
    });

    it('counts the CPU time of descendants that nobody reported', async function () {
      if (instrumented !== '') skip(this, 'times are not comparable under sanitizers');
      const kept = start('sh', '-c', `(${programs.attack('exhaust')} x cpu 1 & wait) & wait`);
      const done = await kept.event('done');
      assert.ok(Number(done['cpuMs']) > 200 && Number(done['cpuMs']) < 1200, `cpuMs ${String(done['cpuMs'])}`);
      assert.equal(done['cpuComplete'], true);
    });

    it('counts the CPU time of what it had to kill', async function () {
      if (instrumented !== '') skip(this, 'times are not comparable under sanitizers');
      const kept = start('sh', '-c', `${programs.attack('exhaust')} x cpu 20 & sleep 1`);
      await kept.event('leader-exited');
      const done = await kept.end();
      assert.ok(Number(done['cpuMs']) > 300 && Number(done['cpuMs']) < 1500, `cpuMs ${String(done['cpuMs'])}`);
      assert.equal(done['killed'], 1);
    });
  });

  it('without a control channel, kills what is left as soon as the leader ends', () => {
    const tag = newTag();
    const run = spawnSync(programs.keeper, ['--', programs.attack('daemon'), tag], { encoding: 'utf8' });
    assert.equal(run.status, 0);
    assert.equal(run.stderr + run.stdout, '');
    assert.deepEqual(living(tag), []);
  });

  it('without a control channel, says on stderr why a command cannot be started', () => {
    const run = spawnSync(programs.keeper, ['--', '/no/such/program'], { encoding: 'utf8' });
    assert.equal(run.status, 127);
    assert.equal(run.stderr, 'keeper: exec /no/such/program: No such file or directory\n');
  });

  it('works when it is started without standard descriptors', () => {
    const script = `exec <&- >&- 2>&-; exec ${programs.keeper} -- sh -c 'test ! -e /proc/self/fd/1 && exit 9'`;
    assert.equal(spawnSync('sh', ['-c', script]).status, 9);
  });

  it('lets the tree live for the linger time and not longer', async () => {
    const tag = newTag();
    const kept = new Kept({
      keeper: programs.keeper,
      options: ['--linger', '300'],
      command: [programs.attack('daemon'), tag],
    });
    await kept.event('leader-exited');
    assert.equal(living(tag, kept.machinery).length, 1);
    const done = await kept.event('done');
    assert.equal(done['reason'], 'linger');
    assert.ok(Number(done['wallMs']) >= 300, 'not before');
    assert.ok(await until(() => living(tag).length === 0, 1000));
  });
});
