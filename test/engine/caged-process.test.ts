import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitsOf } from '../../src/config/resolve.ts';
import { defaults } from '../../src/config/settings.ts';
import type { Mechanism } from '../../src/cages/cage.ts';
import { CagedProcess } from '../../src/engine/caged-process.ts';
import type { EndReason } from '../../src/engine/evidence.ts';
import type { Diagnostics } from '../../src/frameworks/framework.ts';
import type { InsideEvent } from '../../src/protocol/events.ts';
import type { Limits } from '../../src/protocol/limits.ts';
import { isTimeline } from '../../src/protocol/timeline.ts';
import { marked } from './alive.ts';
import { mechanismsHere } from './mechanisms.ts';

const MiB = 1024 ** 2;
const limits: Limits = {
  ...limitsOf(defaults),
  memoryBytes: 128 * MiB,
  swapBytes: 0,
  processes: 64,
  timeoutMs: 1000,
  startupMs: 5000,
  slowMs: null,
  teardownMs: 1000,
  graceMs: 300,
  outputBytes: MiB,
};

/** Whether the kernel keeps account of what is written there, which it does not of what stays in memory. */
function isCounted(folder: string): boolean {
  try {
    const written = () => Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
    const before = written();
    writeFileSync(join(folder, 'probe'), Buffer.alloc(MiB, 1));
    return written() - before >= MiB;
  } catch {
    // There are no such accounts here.
    return false;
  }
}

const { here, missing } = await mechanismsHere();

for (const { name, because } of missing) {
  describe(`a caged process (${name})`, () => it.skip(`is not tested on this machine: ${because}`));
}

for (const { name, open, hard } of here) {
  describe(`a caged process (${name})`, () => {
    let mechanism: Mechanism;
    let mark: string;

    before(async () => (mechanism = await open()));
    after(() => mechanism.close());
    beforeEach(() => (mark = `bulkhead-test-${randomUUID()}`));
    afterEach(() => assert.deepEqual(marked(mark), [], 'nothing may be left alive'));

    function start(script: string, change: Partial<Limits> = {}, diagnostics?: Diagnostics) {
      const events: InsideEvent[] = [];
      const stops: EndReason[] = [];
      const caged = new CagedProcess({
        id: randomUUID(),
        mechanism,
        launch: {
          file: '/bin/sh',
          args: ['-c', script],
          cwd: '/tmp',
          env: { MARK: mark },
        },
        limits: { ...limits, ...change },
        ...(diagnostics ? { diagnostics } : {}),
        onEvent: event => events.push(event),
        onOutput: () => {},
        onStop: reason => stops.push(reason),
      });
      return { caged, events, stops };
    }
    const node = (code: string) => `exec node -e '${code}'`;

    it('ends by itself, with its code, its output and its numbers', async () => {
      const { caged } = start('echo out; echo err >&2; exit 7');
      const evidence = await caged.finished;
      assert.deepEqual(evidence.exit, { code: 7, signal: null });
      assert.match(caged.output.result().text, /out/);
      assert.match(caged.output.result().text, /err/);
      assert.deepEqual([evidence.stop, evidence.leftovers, evidence.leakedPipe], [null, [], false]);
    });

    it(`is killed at its memory cap ${hard ? 'by the kernel, never above it' : 'by the watch'}`, async () => {
      const hog = 'const a=[];for(let i=0;i<64;i++)a.push(Buffer.alloc(4<<20,1));setTimeout(()=>{},5000)';
      const { caged } = start(node(hog));
      const evidence = await caged.finished;
      assert.equal(evidence.exit?.signal, 'SIGKILL');
      if (hard) {
        assert.ok((evidence.oomKills ?? 0) > 0);
        assert.ok((evidence.peakMemoryBytes ?? Infinity) <= 128 * MiB);
      } else {
        assert.equal(evidence.stop?.kind, 'over-memory');
      }
    });

    it('counts a child that the kernel killed for memory, although the leader ends well', async function () {
      if (!hard) {
        this.test!.title += ' [skipped: only a control group counts kills]';
        this.skip();
      }
      const hog = 'const a=[];for(let i=0;i<64;i++)a.push(Buffer.alloc(4<<20,1))';
      const { caged } = start(`node -e '${hog}'; exit 0`);
      const evidence = await caged.finished;
      assert.ok((evidence.oomKills ?? 0) > 0);
    });

    it('says which processes it saw, and who started whom', async () => {
      const { caged } = start('sleep 30 & sleep 30 & wait');
      const sleeping = async () => (await caged.census()).filter(({ command }) => command.startsWith('sleep 30'));
      while ((await sleeping()).length < 2) await sleep(10);
      caged.live();
      await caged.stop({ kind: 'cancelled' }, true);
      const { processes = [] } = await caged.finished;
      const [leader, ...others] = processes;
      assert.match(leader?.name ?? '', /\bsh\b/);
      assert.deepEqual(
        others.map(({ parent }) => parent),
        [leader?.pid, leader?.pid],
        JSON.stringify(processes),
      );
    });

    it('counts what all of it wrote to storage', async function () {
      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-storage-'));
      try {
        if (!isCounted(folder)) {
          this.test!.title += ' [skipped: the kernel counts nothing that is written to the temporary folder]';
          this.skip();
        }
        const write = (name: string) => `head -c ${2 * MiB} /dev/zero > ${join(folder, name)}`;
        const { caged } = start(`${write('own')}; (${write('of-a-child')}) & wait`);
        const { storage } = await caged.finished;
        if (caged.traces.keeper === null) assert.equal(storage, undefined, 'nobody counts it');
        else assert.ok((storage?.writtenBytes ?? 0) >= 4 * MiB, JSON.stringify(storage));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('keeps the course of a longer life, and none of a short one', async () => {
      const spin =
        'const end=Date.now()+700;while(Date.now()<end);const a=Buffer.alloc(64<<20,1);setTimeout(()=>a,900)';
      const { timeline, cpuMs, wallMs } = await start(node(spin)).caged.finished;
      assert.ok(timeline && isTimeline(timeline), JSON.stringify(timeline));
      const { stepMs, memoryKiB, processes } = timeline;
      assert.ok(stepMs * memoryKiB.length <= wallMs + stepMs, `${memoryKiB.length} steps of ${wallMs} ms`);
      assert.ok(Math.max(...memoryKiB.slice(-3)) > 60 * 1024, String(memoryKiB));
      assert.ok(Math.max(...processes) >= 1);
      const told = timeline.cpuMs.reduce((sum, each) => sum + each, 0);
      if (cpuMs !== null) assert.ok(Math.abs(told - cpuMs) <= 1, `${told} of ${cpuMs} ms`);
      assert.equal((await start('exit 0').caged.finished).timeline, undefined);
    });

    it('leaves nothing behind when it daemonises, and says who was there', async () => {
      const { caged } = start(
        'setsid sh -c "trap : TERM HUP; sleep 60 & sleep 60" >/dev/null 2>&1 </dev/null & sleep 0.1',
      );
      const { leftovers, exit } = await caged.finished;
      assert.equal(exit?.code, 0);
      assert.ok(
        leftovers.some(process => process.command.includes('sleep 60')),
        JSON.stringify(leftovers),
      );
    });

    it('asks what it leaves to end, gives it time for that, and has noted why', async () => {
      const server = 'trap "sleep 0.2; echo tidied >&2; exit 0" TERM; echo up; while :; do sleep 0.05; done';
      const { caged, stops } = start(`setsid sh -c '${server}' & sleep 0.3`, { graceMs: 5000 });
      const { leftovers, wallMs, stop } = await caged.finished;
      assert.match(caged.output.result().text, /tidied/);
      assert.ok(leftovers.length > 0 && wallMs < 5000, `took ${wallMs} ms`);
      assert.deepEqual([stop, stops[0]?.kind], [null, 'leftovers']);
    });

    it('gives the children of a leader that ends at once the rest of its time', async () => {
      const child = 'trap "sleep 0.2; echo tidied; exit 0" TERM; echo up; while :; do sleep 0.05; done';
      const { caged } = start(`sh -c '${child}' & wait`, { graceMs: 5000 });
      await ready(caged);
      await caged.stop({ kind: 'cancelled' });
      assert.ok((await caged.finished).wallMs < 5000);
      assert.match(caged.output.result().text, /tidied/);
    });

    it('tells of what it leaves: who started it, since when, and where it can be reached', async () => {
      const ready = 'fs.writeFileSync("/tmp/"+process.env.MARK,"")';
      const listen = `require("net").createServer().listen(0,"127.0.0.1",()=>${ready})`;
      const wait = 'while [ ! -e "/tmp/$MARK" ]; do sleep 0.05; done; rm "/tmp/$MARK"';
      const { caged } = start(`node -e '${listen}' & ${wait}; sleep 0.5`);
      const { leftovers } = await caged.finished;
      const [left] = leftovers;
      assert.equal(leftovers.length, 1);
      assert.match(left?.listensAt?.join() ?? '', /^tcp 127\.0\.0\.1:\d+$/);
      assert.match(left?.startedBy?.join() ?? '', /sh/);
      assert.ok(left!.ageMs! >= 400 && left!.ageMs! < 20_000, `${left!.ageMs} ms`);
    });

    it('stands still while it is frozen, and goes on when it is thawed', async () => {
      const { caged } = start('echo up; while :; do echo tick; sleep 0.02; done');
      await ready(caged);
      await caged.freeze();
      await pause(100);
      const before = caged.output.result().text;
      await pause(400);
      assert.equal(caged.output.result().text, before);
      caged.thaw();
      await pause(400);
      assert.notEqual(caged.output.result().text, before);
      await caged.stop({ kind: 'cancelled' }, true);
      await caged.finished;
    });

    it('leaves stopped what had stopped itself, when it is thawed', async function () {
      const { caged } = start('sh -c "kill -STOP \\$\\$; echo woken" & sleep 0.3; echo up; sleep 60');
      await ready(caged);
      await caged.freeze();
      caged.thaw();
      await pause(300);
      assert.doesNotMatch(caged.output.result().text, /woken/);
      await caged.stop({ kind: 'cancelled' }, true);
      assert.deepEqual((await caged.finished).survivors, []);
    });

    it('is killed while it is frozen, and asked first if there is time', async () => {
      for (const hard of [true, false]) {
        const { caged } = start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done', {
          graceMs: 5000,
        });
        await ready(caged);
        await caged.freeze();
        await caged.stop({ kind: 'cancelled' }, hard);
        const { survivors, wallMs } = await caged.finished;
        assert.deepEqual([survivors, wallMs < 5000], [[], true]);
        assert.equal(caged.output.result().text.includes('bye'), !hard);
      }
    });

    it('says where it is busy when its time is up, before any signal', async function () {
      this.retries(2); // a slow machine may answer when nobody waits for it any more
      const code = 'process.debugPort=0;function spin(){for(;;);}console.log("up");spin()';
      const younger = node('setInterval(() => {}, 1000)');
      const program = /function spin/;
      const { caged } = start(`${younger} & ${node(code)}`, { graceMs: 100 }, { kind: 'node', program });
      await ready(caged);
      await caged.stop({ kind: 'timeout', limit: 'test', ms: 1 });
      const { stuck, outputTail } = await caged.finished;
      assert.match(stuck?.stack ?? '', /at spin/);
      assert.doesNotMatch(outputTail, /Debugger/);
    });

    it('says what it prints when it is asked by a signal', async () => {
      const { caged } = start(
        'trap "echo all my goroutines" QUIT; echo up; while :; do sleep 0.05; done',
        {},
        {
          kind: 'signal',
          signal: 'SIGQUIT',
        },
      );
      await ready(caged);
      await caged.stop({ kind: 'timeout', limit: 'test', ms: 1 });
      assert.match((await caged.finished).stuck?.stack ?? '', /all my goroutines/);
    });

    it('is not kept waiting by a leftover that holds its output', async () => {
      const { caged } = start('setsid sleep 60 & echo done');
      const { wallMs } = await caged.finished;
      assert.ok(wallMs < 5000, `took ${wallMs} ms`);
      assert.match(caged.output.result().text, /done/);
    });

    it('is not kept waiting by a leftover that goes on chattering', async () => {
      const { caged } = start('(while :; do echo noise; sleep 0.01; done) & echo done');
      const { wallMs, leftovers } = await caged.finished;
      assert.ok(wallMs < 5000, `took ${wallMs} ms`);
      assert.ok(leftovers.length > 0);
    });

    it('gets SIGTERM and its grace first, and notes the reason before the signal', async () => {
      const { caged, stops } = start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done');
      await ready(caged);
      await caged.stop({ kind: 'cancelled' });
      assert.deepEqual(stops, [{ kind: 'cancelled' }]);
      const evidence = await caged.finished;
      assert.match(caged.output.result().text, /bye/);
      assert.equal(evidence.ignoredSigterm, false);
    });

    it('is killed when it ignores SIGTERM', async () => {
      const { caged } = start('trap "" TERM; echo up; while :; do sleep 0.05; done');
      await ready(caged);
      await caged.stop({ kind: 'timeout', limit: 'test', ms: 1 });
      const evidence = await caged.finished;
      assert.equal(evidence.ignoredSigterm, true);
      assert.equal(evidence.stop?.kind, 'timeout');
    });

    it('is killed at once when the stop is hard', async () => {
      const { caged } = start('trap "" TERM; echo up; while :; do sleep 0.05; done', { graceMs: 60_000 });
      await ready(caged);
      await caged.stop({ kind: 'cancelled' }, true);
      assert.ok((await caged.finished).wallMs < 10_000);
    });

    it('does not wait out a long grace when a second stop is hard', async () => {
      const { caged } = start('trap "" TERM; echo up; while :; do sleep 0.05; done', { graceMs: 60_000 });
      await ready(caged);
      void caged.stop({ kind: 'cancelled' });
      await caged.stop({ kind: 'cancelled' }, true);
      assert.ok((await caged.finished).wallMs < 10_000);
    });

    it('cannot outrun its killing by forking', async () => {
      const bomb = 'i=0; while [ $i -lt 100 ]; do sleep 60 & i=$((i+1)); done; echo up; wait';
      const { caged } = start(bomb);
      await new Promise(resolve => setTimeout(resolve, 300));
      await caged.stop({ kind: 'cancelled' }, true);
      const { maxProcesses, survivors } = await caged.finished;
      assert.deepEqual(survivors, []);
      if (hard) assert.ok(maxProcesses <= 64, `${maxProcesses} processes under a cap of 64`);
    });

    it('is killed even when its processes are stopped', async () => {
      const { caged } = start('sleep 60 & kill -STOP $!; echo up; wait');
      await ready(caged);
      await caged.stop({ kind: 'cancelled' });
      assert.deepEqual((await caged.finished).survivors, []);
    });

    it('reads every event that was written before a SIGKILL', async () => {
      const events = 5000;
      const write = `for(let s=0;s<${events};s++)fs.writeSync(3,JSON.stringify({s,t:"bye"})+"\\n");process.kill(process.pid,"SIGKILL")`;
      const run = start(node(write.replaceAll('"', '\\"').replaceAll('\\"', '"')));
      const { exit, protocolProblems } = await run.caged.finished;
      assert.equal(exit?.signal, 'SIGKILL');
      assert.equal(run.events.length, events);
      assert.deepEqual(protocolProblems, []);
    });

    it('does not hand its event pipe to grandchildren of Node', async () => {
      const { caged } = start(
        node('require("child_process").spawnSync("sh",["-c","echo forged >&3"],{stdio:["ignore","ignore","ignore"]})'),
      );
      assert.deepEqual((await caged.finished).protocolProblems, []);
    });

    it('says why a program cannot be started', async () => {
      const launch = { file: '/nonexistent/program', args: [], cwd: '/tmp', env: {} };
      const options = { id: randomUUID(), mechanism, limits, onEvent: () => {}, onOutput: () => {}, onStop: () => {} };
      assert.match((await new CagedProcess({ ...options, launch }).finished).spawnError ?? '', /does not exist/);
      const plain = { ...launch, file: '/etc/passwd' };
      assert.match(
        (await new CagedProcess({ ...options, id: randomUUID(), launch: plain }).finished).spawnError ?? '',
        /not executable/,
      );
    });

    it('bounds what it keeps of a flood of output', async () => {
      const { caged } = start('head -c 50000000 /dev/zero', { outputBytes: 10_000 });
      await caged.finished;
      const { text, droppedBytes } = caged.output.result();
      assert.ok(text.length < 11_000);
      assert.equal(droppedBytes, 50_000_000 - 10_000);
    });

    const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

    async function ready(caged: CagedProcess): Promise<void> {
      while (!caged.output.result().text.includes('up')) await new Promise(resolve => setTimeout(resolve, 5));
    }
  });
}
