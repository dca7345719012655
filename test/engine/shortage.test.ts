import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ControlGroup } from '../../src/cages/cgroup-files.ts';
import { KernelLog } from '../../src/cages/kernel-log.ts';
import { ownCgroups } from '../../src/cages/mounts.ts';
import type { SettingsLayer } from '../../src/config/settings.ts';
import type { CagedProcess } from '../../src/engine/caged-process.ts';
import { ShortageWatch } from '../../src/engine/shortage-watch.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { advice, headline } from '../../src/reports/wording.ts';
import { ScriptBed, ScriptFramework } from './script-framework.ts';
import { TestWorkspace } from './workspace.ts';

const MiB = 1024 ** 2;

describe('memory that runs short around the cages', function () {
  this.timeout(120_000);

  describe('by the watch, told by a made-up machine because the real one has too much', () => {
    let bed: ScriptBed;
    let timer: NodeJS.Timeout;
    afterEach(async () => {
      clearInterval(timer);
      await bed.close();
    });

    const one = (title: string, body: string) =>
      `# test: ${title}\nhello; start ${title}; echo begin ${title} >>order\n${body}\necho end ${title} >>order; end ${title} passed; bye`;

    /** The machine is short while `isShort` says so. */
    const under = (isShort: () => boolean, ended: string[]) => {
      const cages = new Set<CagedProcess>();
      bed.onCage = caged => {
        cages.add(caged);
        void caged.finished.then(({ stop }) => {
          cages.delete(caged);
          if (stop) ended.push(stop.kind);
        });
      };
      const pools = () => [{ group: null, totalBytes: 1024 * MiB, availableBytes: (isShort() ? 32 : 512) * MiB }];
      const watch = new ShortageWatch(pools);
      timer = setInterval(() => watch.look([...cages], 64 * MiB), 10);
      return cages;
    };

    it('ends the largest cage, runs its test once more with nothing beside it, and hides neither', async () => {
      bed = await ScriptBed.open(new ScriptFramework('events'), {
        'large.sh': one('large', '[ -e held ] || { head -c 100M /dev/zero | tail -c 100M | sleep 60; }'),
        'small.sh': one('small', 'while [ ! -e held ]; do sleep 0.05; done; sleep 0.5'),
      });
      const ended: string[] = [];
      const cages = under(() => {
        if (existsSync(join(bed.root, 'held'))) return false;
        const short = [...cages].some(caged => caged.live().memoryBytes > 60 * MiB);
        if (short) bed.write('held', '');
        return short;
      }, ended);
      const { records, summary } = await bed.run({ jobs: 2, memory: 200 * MiB });
      assert.deepEqual(ended, ['shortage']);
      const large = records.find(({ test }) => test.titlePath[0] === 'large')!;
      assert.equal(large.verdict.kind, 'passed');
      const first = large.attributes.find(each => each.kind === 'run-after-shortage')!.before;
      assert.deepEqual([first.kind, first.kind === 'out-of-memory' && first.cause], ['out-of-memory', 'host']);
      assert.match(headline(large), / · ended once for memory that ran short around it, and run again alone$/);
      assert.deepEqual([records.length, summary.planned, summary.counts], [2, 2, { passed: 2 }]);
      const order = readFileSync(join(bed.root, 'order'), 'utf8').trim().split('\n');
      assert.deepEqual(order.slice(-3), ['end small', 'begin large', 'end large'], 'the second time alone');
    });

    it('lets the verdict stand where it happens again, and tries only once', async () => {
      bed = await ScriptBed.open(new ScriptFramework('events'), {
        'large.sh': one('large', 'head -c 100M /dev/zero | tail -c 100M | sleep 60'),
      });
      const ended: string[] = [];
      const cages = under(() => [...cages].some(caged => caged.live().memoryBytes > 60 * MiB), ended);
      const { records } = await bed.run({ memory: 200 * MiB });
      assert.deepEqual(ended, ['shortage', 'shortage']);
      const [large] = records;
      assert.equal(large!.verdict.kind === 'out-of-memory' && large!.verdict.cause, 'host');
      assert.match(large!.why.join(), /The machine had 32 MiB of memory left, under the 64 MiB that are kept free/);
      assert.match(advice(large!)!, /free memory on the machine or in its container/);
    });

    it('leaves the tests alone where they do not have what is missing', async () => {
      bed = await ScriptBed.open(new ScriptFramework('events'), { 'small.sh': one('small', 'sleep 0.3') });
      const ended: string[] = [];
      under(() => true, ended);
      const { verdicts } = await bed.run();
      assert.deepEqual([verdicts, ended], [{ small: 'passed' }, []]);
    });
  });

  describe('in a real control group with a limit, as of a container, above the warden', () => {
    const parent = dividable();
    let group: ControlGroup;
    let workspace: TestWorkspace;

    before(function () {
      if (parent) return;
      this.test!.title = 'not tested here: there is no memory hierarchy of version 1 that this user may divide';
      this.skip();
    });
    afterEach(async () => {
      await workspace.remove();
      await group.remove();
    });

    /** The one test of a shell script, in a warden that has 400 MiB together with its cages. */
    async function run(script: string, settings: SettingsLayer): Promise<TestRecord> {
      group = new ControlGroup(join(parent!, `bulkhead-shortage-${process.pid}`));
      group.create();
      group.set('memory.limit_in_bytes', 400 * MiB);
      const shell = { name: 'shell', files: ['*.test.sh'], command: ['sh', '${file}'] };
      workspace = new TestWorkspace({
        'hog.test.sh': script,
        'bulkhead.config.json': JSON.stringify({ frameworks: { command: [shell] } }),
        'node.sh': `#!/bin/sh\necho $$ >'${group.path}/cgroup.procs' && exec '${process.execPath}' "$@"\n`,
      });
      const notices: { readonly notice: string; readonly record?: TestRecord }[] = [];
      const client = await workspace.warden([], {
        node: join(workspace.root, 'node.sh'),
        onNotice: notice => notices.push(notice),
      });
      const overrides = { memory: 550 * MiB, memoryBudget: 550 * MiB, timeout: 60_000, grace: 0, ...settings };
      const summary = await client.request('run', { run: 'shortage', selection: { kind: 'all' }, overrides });
      await client.close();
      assert.deepEqual([summary.planned, summary.cancelled], [1, false]);
      return notices.find(({ record }) => record)!.record!;
    }

    it('is blamed on what is around the cage when the kernel kills, with the proof of its log', async () => {
      // The victim that the kernel prefers, so that the warden is none.
      const hog = 'echo 1000 >/proc/self/oom_score_adj; head -c 540M /dev/zero | tail -c 540M >/dev/null';
      const record = await run(hog, { memoryFloor: 0 });
      assert.equal(record.verdict.kind === 'out-of-memory' && record.verdict.cause, 'host', record.why.join());
      const readable = (await new KernelLog().kills()) !== null;
      const proof = readable
        ? /^The kernel killed it because the control group \S+ above its cage had none left, by its log: "Memory cgroup out of memory: Killed process \d+ /
        : /^The kernel killed it for memory .* its cage never reached its own cap/;
      assert.match(record.why.join(), proof);
    });

    it('is seen by the watch before the kernel has to kill, and the test then passes alone', async () => {
      const marker = 'held-once';
      const hog = `[ -e ${marker} ] && exit 0; touch ${marker}; head -c 200M /dev/zero | tail -c 200M | sleep 60`;
      const record = await run(hog, { memoryFloor: 250 * MiB });
      assert.equal(record.verdict.kind, 'passed', record.why.join());
      const before = record.attributes.find(each => each.kind === 'run-after-shortage')?.before;
      assert.equal(before?.kind === 'out-of-memory' && before.cause, 'host');
    });
  });
});

function dividable(): string | null {
  const own = ownCgroups().legacy.get('memory');
  try {
    if (own) accessSync(own, constants.W_OK);
    return own ?? null;
  } catch {
    return null;
  }
}
