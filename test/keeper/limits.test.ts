import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { endEverything, identities, Kept } from './kept.ts';
import { newTag, until } from './living.ts';
import { programsOrSkip, skip, type Programs } from './programs.ts';

for (const as of identities) {
  describe(`keeper: limits (as ${as.label})`, function () {
    this.timeout(10_000);
    let programs: Programs;
    before(function () {
      programs = programsOrSkip(this);
    });
    afterEach(endEverything);

    async function run(options: string[], ...command: string[]) {
      const kept = new Kept({ keeper: programs.keeper, options, as, command });
      const done = await kept.event('done');
      await kept.closed;
      return { done, output: kept.output };
    }
    const exhaust = (...words: string[]) => [programs.attack('exhaust'), newTag(), ...words];

    it('--nofile stops a test that opens file after file', async () => {
      const { output } = await run(['--nofile', '256'], ...exhaust('descriptors', '100000'));
      // 0, 1, 2, the event pipe and perhaps some that the test runner was given itself are open already.
      assert.match(output, /^got 2(4[0-9]|5[0-2]): Too many open files\n$/);
    });

    it('--stack ends endless recursion with SIGSEGV after just so much', async () => {
      const { done } = await run(['--stack', '1048576'], ...exhaust('stack'));
      assert.equal(done['signal'], 11);
      assert.equal(done['core'], false);
      assert.ok(Number(done['maxResidentBytes']) < 6 * 1024 * 1024, String(done['maxResidentBytes']));
    });

    it('--cpu ends a spinner with SIGXCPU', async () => {
      const { done } = await run(['--cpu', '1'], ...exhaust('cpu', '30'));
      assert.equal(done['signal'], 24);
      // The limit counts whole clock ticks, so that a shared machine reaches it early.
      assert.ok(Number(done['cpuMs']) > 500 && Number(done['cpuMs']) < 1500, String(done['cpuMs']));
    });

    it('--fsize bounds every file', async () => {
      const folder = mkdtempSync(join(programs.folder, 'files-'));
      chmodSync(folder, 0o777);
      const { output } = await run(['--fsize', String(3 * 1024 * 1024)], ...exhaust('file', '8', join(folder, 'big')));
      assert.equal(output, 'got 3: File too large\n');
      assert.equal(statSync(join(folder, 'big')).size, 3 * 1024 * 1024);
      rmSync(folder, { recursive: true });
    });

    it('--data refuses memory in one process, softly', async () => {
      const { done, output } = await run(['--data', String(64 * 1024 * 1024)], programs.attack('hog'), newTag(), '100');
      assert.equal(output, 'refused: Cannot allocate memory\n');
      assert.equal(done['exit'], 77);
    });

    it('--nproc with a user namespace caps the tree, whatever else the user runs', async function () {
      if (as.ids.uid === undefined) skip(this, 'the kernel does not count processes of root');
      const options = ['--pidns', '--nproc', '20'];
      const crowd = new Kept({ keeper: programs.keeper, options, as, command: exhaust('children', '15') });
      await crowd.event('leader-exited');
      const { output } = await run([...options, '--linger', '0'], ...exhaust('children', '100'));
      assert.match(output, /^got 1[6-9]: Resource temporarily unavailable\n$/);
      await crowd.end();
    });

    it('--core 0 is what holds without being asked for; --nice and --oom-score-adj reach the command', async () => {
      const script = 'ulimit -c; nice; cat /proc/self/oom_score_adj';
      const { output } = await run(['--nice', '7', '--oom-score-adj', '800'], 'sh', '-c', script);
      assert.equal(output, '0\n7\n800\n');
    });

    it('--oom-score-adj is the command’s alone: the keeper keeps its own', async () => {
      const command = ['sh', '-c', 'cat /proc/self/oom_score_adj; sleep 30'];
      const plain = new Kept({ keeper: programs.keeper, as, command });
      const scored = new Kept({ keeper: programs.keeper, options: ['--oom-score-adj', '800'], as, command });
      const scoreOf = (pid: number) => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8');
      await until(() => plain.output !== '' && scored.output !== '', 5000);
      assert.deepEqual([plain.output, scored.output], [scoreOf(process.pid), '800\n']);
      // A command may be quicker than its keeper, which takes the score back.
      await until(() => scoreOf(scored.pid) === scoreOf(plain.pid), 5000);
      // Lower than ours where the machine allows that.
      assert.equal(scoreOf(scored.pid), scoreOf(plain.pid));
      await Promise.all([plain.end(), scored.end()]);
    });

    it('a limit above the hard one keeps the lower and does not fail', async () => {
      const kept = new Kept({
        keeper: programs.keeper,
        prefix: ['sh', '-c', 'ulimit -n 100; exec "$@"', 'sh'],
        options: ['--nofile', '4096'],
        command: ['sh', '-c', 'ulimit -n'],
      });
      await kept.event('done');
      await kept.closed;
      assert.equal(kept.output, '100\n');
    });

    it('a limit that cannot be set stops the launch and says which', async function () {
      if (as.ids.uid === undefined) skip(this, 'root may set them all');
      const kept = new Kept({ keeper: programs.keeper, options: ['--nice', '-5'], as, command: ['true'] });
      const failed = await kept.event('spawn-failed');
      assert.deepEqual([failed['stage'], failed['errno']], ['limit', 'EACCES']);
      assert.match(String(failed['message']), /--nice/);
      assert.deepEqual(await kept.exited, { code: 122, signal: null });
    });

    it('a score of out-of-memory that it may not have stops the launch too', async function () {
      if (as.ids.uid === undefined) skip(this, 'root may have any');
      const kept = new Kept({ keeper: programs.keeper, options: ['--oom-score-adj', '-500'], as, command: ['true'] });
      const failed = await kept.event('spawn-failed');
      assert.deepEqual([failed['stage'], failed['errno']], ['limit', 'EACCES']);
      assert.deepEqual(await kept.exited, { code: 122, signal: null });
    });
  });
}
