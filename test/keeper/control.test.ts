import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { pidNamespace, subreaper, type OpenCage } from './cages.ts';
import { asSelf, Kept, endEverything } from './kept.ts';
import { living, newTag, sleep, until } from './living.ts';
import { programsOrSkip, type Programs } from './programs.ts';

interface Counted {
  readonly pid: number;
  readonly ppid: number;
  readonly start: string;
  readonly state: string;
  readonly comm: string;
  readonly cmdline: string;
  readonly rss: number;
}

for (const cage of [subreaper, pidNamespace]) {
  describe(`keeper: its control channel (${cage.label})`, () => {
    let programs: Programs;
    before(function () {
      programs = programsOrSkip(this);
    });
    afterEach(endEverything);

    const { kept: base } = cage.open(asSelf) as OpenCage;
    const start = (...command: string[]) => new Kept({ keeper: programs.keeper, ...base, command });

    it('term reaches the whole tree', async () => {
      const kept = start('sh', '-c', 'sleep 30 & sleep 30 & wait');
      await kept.event('started');
      await sleep(50);
      kept.send('term\n');
      assert.equal((await kept.event('signalled'))['signal'], 15);
      assert.equal((await kept.event('leader-exited'))['signal'], 15);
      const done = await kept.event('done');
      assert.deepEqual([done['reason'], done['killed'], done['survivors']], ['exit', 0, 0]);
    });

    it('signal N sends just that signal', async () => {
      const kept = start('sh', '-c', 'trap "echo got; exit 5" USR1; echo ready; while :; do sleep 0.02; done');
      await until(() => kept.output.includes('ready'), 2000);
      kept.send('signal 10\n');
      // The sleep dies of it too; what counts is that the shell handled it.
      assert.equal((await kept.event('leader-exited'))['exit'], 5);
      await kept.event('done');
    });

    it('kill ends what ignores every other signal, and says why', async () => {
      const tag = newTag();
      const kept = start(programs.attack('stubborn'), tag);
      await until(() => kept.output.includes('here'), 2000);
      kept.send('term\n');
      await sleep(100);
      assert.equal(living(tag, kept.machinery).length, 1, 'it ignored SIGTERM');
      const done = await kept.end();
      assert.deepEqual([done['reason'], done['signal'], done['killed']], ['command', 9, 1]);
      assert.equal((await kept.event('leader-exited'))['signal'], 9);
      assert.deepEqual(living(tag), []);
    });

    it('kill before the command has even started is obeyed too', async () => {
      for (let i = 0; i < 20; i++) {
        const tag = newTag();
        const kept = start(programs.attack('daemon'), tag);
        kept.send('kill\n');
        assert.equal((await kept.event('done'))['survivors'], 0);
        await kept.exited;
        assert.deepEqual(living(tag), []);
      }
    });

    it('census names the leftovers as the machine knows them', async () => {
      const tag = newTag();
      const kept = start(programs.attack('orphans'), tag, '3');
      await kept.event('leader-exited');
      kept.send('census\n');
      const census = await kept.event('census');
      const processes = census['processes'] as Counted[];
      assert.deepEqual(processes.map(one => one.pid).sort(), living(tag, kept.machinery).sort());
      for (const one of processes) {
        assert.equal(one.comm, 'orphans');
        assert.ok(one.cmdline.includes(tag));
        assert.match(one.state, /^[SRD]$/);
        assert.match(one.start, /^\d+$/);
        // The kernel's cheap count of a small process may still be 0.
        assert.ok(one.rss >= 0);
      }
      assert.deepEqual([census['known'], census['zombies'], census['omitted']], [true, 0, 0]);
      await kept.end();
    });

    it('census counts zombies apart and survives strange names', async () => {
      const kept = start(
        'python3',
        '-c',
        [
          'import os,time',
          'open("/proc/self/comm","wb").write(b"a) R 1 \\"\\\\\\xff\\n")',
          'child=os.fork()',
          'if child==0: os._exit(0)',
          'os.waitid(os.P_PID,child,os.WEXITED|os.WNOWAIT)',
          'print("up",flush=True); time.sleep(30)',
        ].join('\n'),
      );
      await until(() => kept.output.includes('up'), 5000);
      kept.send('census\n');
      const census = await kept.event('census');
      const [leader] = census['processes'] as Counted[];
      assert.equal(leader?.pid, (await kept.event('started'))['pid']);
      assert.match(leader?.comm ?? '', /^a\) R 1 "\\/);
      assert.equal(census['zombies'], 1);
      await kept.end();
    });

    it('census of a crowd is cut and says by how much', async function () {
      this.timeout(20_000);
      const tag = newTag() + 'x'.repeat(300);
      const kept = start(programs.attack('orphans'), tag, '400');
      await kept.event('leader-exited');
      kept.send('census\n');
      const census = await kept.event('census');
      const listed = (census['processes'] as Counted[]).length;
      assert.ok(listed > 100 && listed < 400, `${listed} listed`);
      assert.equal(listed + Number(census['omitted']), 400);
      assert.ok(JSON.stringify(census).length < 64 * 1024);
      assert.equal((await kept.end())['survivors'], 0);
      assert.deepEqual(living(tag), []);
    });

    it('usage answers while the test runs', async function () {
      this.timeout(20_000);
      const kept = start(programs.attack('exhaust'), 'x', 'cpu', '20');
      await kept.event('started');
      const ask = async (index: number) => {
        await sleep(100);
        kept.send('usage\n');
        return kept.event('usage', index);
      };
      let usage = await ask(0);
      // A busy machine gives a spinner little.
      for (let i = 1; Number(usage['cpuMs']) < 100 && i < 80; i++) usage = await ask(i);
      assert.equal(usage['processes'], 1);
      assert.ok(Number(usage['cpuMs']) >= 100, `cpuMs ${String(usage['cpuMs'])}`);
      assert.ok(Number(usage['residentBytes']) > 100_000);
      assert.equal(usage['peakBytes'], null, 'nothing was sampled');
      await kept.end();
    });

    it('answers nonsense with an error and goes on', async () => {
      const kept = start('sleep', '30');
      await kept.event('started');
      const nonsense = [
        'halt',
        'KILL',
        'kill now',
        ' kill',
        'signal',
        'signal 0',
        'signal 65',
        'signal -9',
        'signal 9x',
        '{}',
        '\0kill',
      ];
      for (const [index, line] of nonsense.entries()) {
        kept.send(`${line}\n`);
        const error = await kept.event('error', index);
        assert.match(String(error['message']), /not a command/);
        assert.equal(error['line'], line);
      }
      kept.send(`${'k'.repeat(1_000_000)}\n`);
      const error = await kept.event('error', nonsense.length);
      assert.match(String(error['message']), /too long/);
      assert.equal(String(error['line']).length, 64);
      kept.send('\n\n');
      kept.send('usa');
      await sleep(20);
      kept.send('ge\nki');
      assert.equal((await kept.event('usage'))['processes'], 1);
      kept.send('ll\n');
      assert.equal((await kept.event('done'))['reason'], 'command');
    });

    it('does not wait for a launcher that does not read', async function () {
      this.timeout(20_000);
      const tag = newTag();
      const kept = new Kept({
        keeper: programs.keeper,
        ...base,
        command: [programs.attack('orphans'), tag, '50'],
        deaf: true,
      });
      // It cannot say "started" to someone who does not listen: its init, where there is one, counts too.
      await until(() => living(tag, [kept.pid]).length >= 50, 5000);
      for (let i = 0; i < 200; i++) kept.send('census\n');
      await sleep(300);
      kept.send('kill\n');
      assert.ok(
        await until(() => living(tag, [kept.pid]).length === 0, 10_000),
        'the tree is gone though nobody reads',
      );
      kept.listen();
      const done = await kept.event('done');
      assert.equal(done['survivors'], 0);
      assert.ok(Number(done['dropped']) > 0, 'it says that answers were dropped');
    });

    it('takes SIGTERM to itself as a request, and a second one as an order', async () => {
      const kept = start(programs.attack('stubborn'), newTag());
      await until(() => kept.output.includes('here'), 2000);
      for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGTSTP', 'SIGPIPE'] as const)
        process.kill(kept.pid, signal);
      process.kill(kept.pid, 'SIGTERM');
      await sleep(150);
      assert.equal(kept.process.exitCode, null);
      process.kill(kept.pid, 'SIGHUP');
      assert.equal((await kept.event('done'))['reason'], 'signal');
      assert.deepEqual(await kept.exited, { code: 137, signal: null });
    });

    it('goes on where it was after SIGSTOP and SIGCONT', async () => {
      const tag = newTag();
      const kept = start(programs.attack('daemon'), tag);
      await kept.event('leader-exited');
      process.kill(kept.pid, 'SIGSTOP');
      kept.send('kill\n');
      await sleep(100);
      assert.equal(living(tag, kept.machinery).length, 1);
      process.kill(kept.pid, 'SIGCONT');
      assert.equal((await kept.event('done'))['survivors'], 0);
      await kept.exited;
      assert.deepEqual(living(tag), []);
    });
  });
}

describe('keeper: its goodbye', () => {
  afterEach(endEverything);

  it('waits for the launcher to close its side, however many commands come too late', async function () {
    const kept = new Kept({ keeper: programsOrSkip(this).keeper, options: ['--goodbye', '5000'], command: ['true'] });
    await kept.event('done');
    for (let command = 0; command < 100; command++) kept.send('usage\n');
    await sleep(200);
    assert.equal(kept.process.exitCode, null, 'it still waits');
    kept.hangUp();
    assert.deepEqual(await kept.exited, { code: 0, signal: null });
  });

  it('does not wait longer than it was told', async function () {
    const kept = new Kept({ keeper: programsOrSkip(this).keeper, options: ['--goodbye', '100'], command: ['true'] });
    assert.deepEqual(await kept.exited, { code: 0, signal: null });
  });
});

describe('keeper: a control channel that is a plain pipe', () => {
  it('takes commands and keeps silent', async function () {
    const programs = programsOrSkip(this);
    const tag = newTag();
    const script = `${programs.keeper} --ctl 3 -- ${programs.attack('stubborn')} ${tag} 3<&0 <&-`;
    const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'inherit'] });
    const exited = new Promise(resolve => shell.once('exit', resolve));
    assert.ok(await until(() => living(tag, [shell.pid ?? 0]).length > 1, 2000));
    shell.stdin?.end();
    assert.equal(await exited, 137);
    assert.deepEqual(living(tag), []);
  });
});
