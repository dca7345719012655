import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CagedProcess } from '../../src/engine/caged-process.ts';
import { isTimeline } from '../../src/protocol/timeline.ts';
import { describeInCages, limits, node, ready } from './caged.ts';

const MiB = 1024 ** 2;

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

describeInCages('a caged process', ({ hard, mechanism, start }) => {
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
    const spin = 'const end=Date.now()+700;while(Date.now()<end);const a=Buffer.alloc(64<<20,1);setTimeout(()=>a,900)';
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
    const options = {
      id: randomUUID(),
      mechanism: mechanism(),
      limits,
      onEvent: () => {},
      onOutput: () => {},
      onStop: () => {},
    };
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
});
