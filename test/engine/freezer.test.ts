import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { openCgroup1 } from '../../src/cages/cgroup1.ts';
import { findKeeper } from '../../src/cages/find-keeper.ts';
import { ownCgroups } from '../../src/cages/mounts.ts';
import { endGroup } from '../../src/cages/owner.ts';
import { CagedProcess } from '../../src/engine/caged-process.ts';
import { sleep, until } from '../keeper/living.ts';
import { marked } from './alive.ts';
import { limits } from './caged.ts';

const dist = join(import.meta.dirname, '../../dist');

/** Most machines with version 1 have version 2 beside it, which freezes and kills: here it is looked away from. */
const own = { ...ownCgroups(), unified: null, unifiedMount: null };

for (const [label, keeper] of [
  ['with the keeper', await findKeeper(dist)],
  ['without it', null],
] as const) {
  describe(`control groups of version 1 and nothing of version 2, ${label}`, () => {
    let mechanism: Mechanism;
    let mark: string;
    let counts: string;
    const begun: CagedProcess[] = [];

    before(async function () {
      try {
        mechanism = await openCgroup1(own, keeper);
      } catch (error) {
        console.log(`      skipped: ${(error as Error).message}`);
        this.skip(); // for the reason just printed
      }
      if (own.legacy.has('freezer')) return;
      await mechanism.close();
      console.log('      skipped: no freezer of version 1 is mounted');
      this.skip();
    });
    after(() => mechanism?.close());
    beforeEach(() => {
      mark = `bulkhead-test-${randomUUID()}`;
      counts = join(tmpdir(), mark);
    });
    afterEach(async () => {
      for (const caged of begun.splice(0)) {
        await caged.stop({ kind: 'cancelled' }, true);
        assert.deepEqual((await caged.finished).survivors, []);
      }
      rmSync(counts, { force: true });
      assert.deepEqual(marked(mark), [], 'nothing may be left alive');
    });

    const start = (script: string) => {
      const caged = new CagedProcess({
        id: randomUUID(),
        mechanism,
        launch: { file: '/bin/sh', args: ['-c', script], cwd: '/tmp', env: { MARK: mark, COUNTS: counts } },
        limits,
        onEvent: () => {},
        onOutput: () => {},
        onStop: () => {},
      });
      begun.push(caged);
      return caged;
    };
    const counted = () => (existsSync(counts) ? statSync(counts).size : 0);
    const counting = '(while :; do echo >> "$COUNTS"; done) & while :; do sleep 0.01; done';
    const stateOf = (pid: number) => /^\d+ \(.*\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

    it('are frozen by the freezer, which stops no process by a signal, and go on when they are thawed', async () => {
      const caged = start(counting);
      assert.ok(await until(() => counted() > 0, 10_000));
      await caged.freeze();
      const frozen = counted();
      await sleep(200);
      assert.equal(counted(), frozen);
      for (const { pid } of marked(mark)) assert.notEqual(stateOf(pid), 'T', 'it was stopped by a signal');
      caged.thaw();
      assert.ok(await until(() => counted() > frozen, 10_000), 'it goes on');
    });

    it('are ended while they are frozen', async () => {
      const caged = start(counting);
      assert.ok(await until(() => counted() > 0, 10_000));
      await caged.freeze();
      await caged.stop({ kind: 'cancelled' }, true);
      assert.deepEqual((await caged.finished).survivors, []);
    });

    it('end pairs that start each other anew', async () => {
      const caged = start('f() { while :; do (f) & sleep 0.005; kill -0 $! || exit; done; }; f & f & wait');
      await sleep(300);
      await caged.stop({ kind: 'cancelled' }, true);
      assert.deepEqual((await caged.finished).survivors, []);
    });

    it('are swept by the next warden when this one was killed while they were frozen', async () => {
      const caged = start(counting);
      assert.ok(await until(() => counted() > 0, 10_000));
      await caged.freeze();
      const memberships = marked(mark).map(({ pid }) => readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
      const [below] = memberships.flatMap(each => /:freezer:(\/\S*bulkhead-\S+)$/m.exec(each)?.[1] ?? []);
      const group = join('/sys/fs/cgroup/freezer', below!);
      assert.equal(readFileSync(join(group, 'freezer.state'), 'utf8').trim(), 'FROZEN');
      assert.deepEqual(await endGroup(group), []);
      assert.equal(existsSync(group), false);
    });
  });
}
