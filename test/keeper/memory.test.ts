import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { endEverything, identities, Kept, type Identity } from './kept.ts';
import { living, newTag } from './living.ts';
import { instrumented, programsOrSkip, type Programs } from './programs.ts';

const mib = 1024 * 1024;
const cap = 128 * mib;
/** Under sanitizers the watch is examined, not timed, at a tenth of the speed. */
const sound = instrumented !== '';
const mibASecond = sound ? 200 : 2048;

for (const as of identities) {
  for (const options of [[], ['--pidns']]) {
    describe(`keeper: the memory watch (${options[0] ?? 'subreaper'}, as ${as.label})`, function () {
      this.timeout(20_000);
      let programs: Programs;
      before(function () {
        programs = programsOrSkip(this);
      });
      afterEach(endEverything);

      const start = (...command: string[]) => watched(programs, as, [...options, '--mem', String(cap)], command);

      for (const hogs of ['1', '8']) {
        it(`ends ${hogs} at ${mibASecond} MiB/s, says so first, and overshoots little`, async () => {
          // A busy machine can keep any watcher from running: the best of three is what the watch itself can do.
          const overshoots: number[] = [];
          for (let i = 0; i < (sound ? 1 : 3); i++) {
            const tag = newTag();
            const kept = start(programs.attack('hog'), tag, '400', String(mibASecond), hogs, '5000', 'huge');
            const over = await kept.event('over-memory');
            assert.equal(over['capBytes'], cap);
            assert.ok(Number(over['bytes']) > cap);
            const done = await kept.event('done');
            assert.deepEqual([done['reason'], done['signal'], done['survivors']], ['memory', 9, 0]);
            await kept.exited;
            assert.deepEqual(living(tag), []);
            overshoots.push(Number(done['peakBytes']) / cap - 1);
          }
          const best = Math.min(...overshoots);
          assert.ok(sound || best < 0.1, `overshoot ${(best * 100).toFixed(1)} %`);
        });
      }

      it('sums up hogs which are each below the cap', async function () {
        const kept = start(programs.attack('hog'), newTag(), '400', '400', '8', '5000');
        const done = await kept.event('done');
        assert.equal(done['reason'], 'memory');
        assert.ok(Number(done['peakBytes']) > cap && Number(done['peakBytes']) < 2 * cap, String(done['peakBytes']));
        assert.equal(done['maxProcesses'], 8);
      });

      for (const [whose, ...more] of [['of one parent'], ['each of the one before', 'chain']] as const) {
        it(`does not blame forked workers for pages they share (${whose})`, async function () {
          // 8 copies of 64 MiB are 576 MiB by sum and 64 MiB in truth.
          const kept = start(programs.attack('forked_copy'), newTag(), '64', '8', ...more);
          const done = await kept.event('done');
          assert.deepEqual([done['reason'], done['exit']], ['exit', 0]);
          await kept.closed;
          assert.equal(kept.output, 'had it all\n');
          assert.ok(Number(done['peakBytes']) < cap, `peak ${String(done['peakBytes'])}`);
        });
      }

      it('leaves a test below its cap alone and knows its peak', async () => {
        const kept = start(programs.attack('hog'), newTag(), '100', '0', '1', '100');
        const done = await kept.event('done');
        assert.deepEqual([done['reason'], done['exit']], ['exit', 0]);
        const peak = Number(done['peakBytes']) / mib;
        assert.ok(peak > 99 && peak < 105, `${peak} MiB`);
      });

      for (const kind of ['memfd', 'mapped']) {
        it(`sees shared memory while it is held (${kind})`, async () => {
          const kept = start(programs.attack('shared'), newTag(), kind, '300');
          const done = await kept.event('done');
          assert.equal(done['reason'], 'memory', kept.output);
          assert.ok(Number(done['peakBytes']) < 2 * cap);
        });
      }

      it('sees a file in /dev/shm while it is open', async () => {
        const tag = newTag();
        try {
          const kept = start(programs.attack('shared'), tag, 'shm', '200');
          assert.equal((await kept.event('done'))['reason'], 'memory', kept.output);
        } finally {
          rmSync(`/dev/shm/${tag}`, { force: true });
        }
      });

      it('usage tells the numbers while the test runs', async () => {
        const kept = start(programs.attack('hog'), newTag(), '64', '0', '1', '5000');
        await kept.event('started');
        let bytes = 0;
        for (let i = 0; bytes < 60 * mib && i < 1000; i++) {
          kept.send('usage\n');
          bytes = Number((await kept.event('usage', i))['bytes']);
          await new Promise(resolve => setTimeout(resolve, 10));
        }
        assert.ok(bytes > 60 * mib && bytes < 70 * mib, String(bytes));
        await kept.end();
      });
    });
  }
}

function watched({ keeper }: Programs, as: Identity, options: string[], command: string[]): Kept {
  return new Kept({ keeper, as, options, command });
}
