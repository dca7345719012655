import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { limitsOf } from '../../src/config/resolve.ts';
import { defaults } from '../../src/config/settings.ts';
import { CagedProcess } from '../../src/engine/caged-process.ts';
import type { ProcessEvidence } from '../../src/engine/evidence.ts';
import type { LimitName, Limits } from '../../src/protocol/limits.ts';
import { marked } from './alive.ts';
import { mechanismsHere } from './mechanisms.ts';

const MiB = 1024 ** 2;
/** Than this test itself is: a limit that is below what the warden has already holds as it is. */
const nicer = (steps: number) => Math.min(19, getPriority() + steps);
const { here, missing } = await mechanismsHere();

for (const { name, because } of missing) {
  describe(`the limits of a cage (${name})`, () => it.skip(`are not tested on this machine: ${because}`));
}

// Where namespaces can be had at all, every cage with a keeper must offer what they give, except the one that does without.
const spacious = here.some(({ name }) => name === 'namespaces') ? ['cgroup2', 'cgroup1', 'namespaces'] : [];

for (const { name, open } of here) {
  const spaces = spacious.includes(name);
  describe(`the limits of a cage (${name})`, () => {
    let mechanism: Mechanism;
    let mark: string;

    before(async () => (mechanism = await open()));
    after(() => mechanism.close());
    beforeEach(() => (mark = `bulkhead-test-${randomUUID()}`));
    afterEach(() => assert.deepEqual(marked(mark), [], 'nothing may be left alive'));

    interface Ended extends ProcessEvidence {
      readonly output: string;
      readonly lacks: readonly LimitName[];
    }

    async function run(
      words: readonly string[],
      change: Partial<Limits>,
      cwd = '/',
      discards?: string,
    ): Promise<Ended> {
      const [file = '', ...args] = words;
      const caged = new CagedProcess({
        id: randomUUID(),
        mechanism,
        launch: { file, args, cwd, env: { MARK: mark }, ...(discards === undefined ? {} : { discards }) },
        limits: { ...limitsOf(defaults), graceMs: 0, ...change },
        onEvent: () => {},
        onOutput: () => {},
        onStop: () => {},
      });
      const evidence = await caged.finished;
      assert.equal(evidence.spawnError, null);
      const lacks = evidence.unenforced.map(({ limit }) => limit);
      return { ...evidence, output: caged.output.result().text, lacks };
    }
    const sh = (script: string, change: Partial<Limits>, cwd?: string) => run(['/bin/sh', '-c', script], change, cwd);
    const node = (code: string, change: Partial<Limits>) => run([process.execPath, '-e', code], change);

    it('are none that anyone misses while nothing was asked for', async () => {
      assert.deepEqual((await sh('true', {})).unenforced, []);
    });

    it('write no core dumps, and offer the test to the machine’s own out-of-memory killer', async () => {
      const { output } = await sh('ulimit -c; cat /proc/self/oom_score_adj', {});
      assert.deepEqual(output.split('\n').slice(0, 2), ['0', '800']);
    });

    it('stop at so many open files: EMFILE', async () => {
      const code = `const o=[];try{for(;;)o.push(fs.openSync('/dev/null'))}catch(e){console.log(e.code,Math.max(...o))}`;
      const { output } = await node(code, { openFiles: 64 });
      assert.equal(output.trim(), 'EMFILE 63');
    });

    it('stop at the size of a file: EFBIG', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-limits-'));
      try {
        const file = join(folder, 'file');
        const code = `try{for(;;)fs.appendFileSync('${file}',Buffer.alloc(4096))}catch(e){console.log(e.code,fs.statSync('${file}').size)}`;
        assert.equal((await node(code, { fileBytes: MiB })).output.trim(), `EFBIG ${MiB}`);
        // Whoever does not ignore the signal dies of it.
        const { exit } = await sh(`exec head -c 2000000 /dev/zero >${file}2`, { fileBytes: MiB });
        assert.equal(exit?.signal, 'SIGXFSZ');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('end a spinning process by SIGXCPU, and one that ignores it too', async () => {
      const { exit, wallMs, cpuMs } = await sh('while :; do :; done', { cpuMs: 1000 });
      assert.equal(exit?.signal, 'SIGXCPU');
      assert.ok(wallMs >= 900 && (cpuMs ?? 1000) < 3000, `${wallMs} ms, ${cpuMs} ms of CPU`);
      assert.equal((await sh('trap "" XCPU; while :; do :; done', { cpuMs: 1000 })).exit?.signal, 'SIGKILL');
    });

    it('bound the stack', async () => {
      assert.equal((await sh('ulimit -s', { stackBytes: MiB })).output.trim(), '1024');
      // Node is told that it may use 4 MiB: with as much it ends by itself, and with less the kernel ends it.
      const deep = [process.execPath, '--stack-size=4000', '-e', '(function again() { again(); })()'];
      assert.deepEqual((await run(deep, {})).exit, { code: 1, signal: null });
      assert.deepEqual((await run(deep, { stackBytes: MiB })).exit, { code: null, signal: 'SIGSEGV' });
    });

    it('make it nice', async () => {
      const nice = nicer(7);
      assert.equal((await sh('cut -d " " -f 19 /proc/self/stat', { nice })).output.trim(), String(nice));
    });

    it('give it a full disk at its size, which is gone afterwards, or say that they cannot', async () => {
      const file = `bulkhead-${randomUUID()}`;
      // Not by Node, which may itself lie in /tmp and must then stay visible.
      const script = `head -c 16000000 /dev/zero >/tmp/${file}; stat -c %s /tmp/${file}; echo $TMPDIR`;
      const { output, lacks } = await sh(script, { diskBytes: 4 * MiB });
      try {
        assert.equal(lacks.includes('disk'), !spaces);
        if (!spaces) return assert.match(output, /^16000000$/m);
        assert.match(output, /No space left on device/);
        assert.match(output, new RegExp(`^${4 * MiB}\\n/tmp$`, 'm'));
        assert.equal(existsSync(`/tmp/${file}`), false);
      } finally {
        rmSync(`/tmp/${file}`, { force: true });
      }
    });

    it('cap TMPDIR alone where the test itself lives in the temporary folder, and say so', async () => {
      const folder = mkdtempSync('/tmp/bulkhead-limits-');
      const script = 'pwd; echo "$TMPDIR"; head -c 6000000 /dev/zero >"$TMPDIR/file" || echo full';
      const { output, unenforced } = await sh(script, { diskBytes: 4 * MiB }, folder);
      rmSync(folder, { recursive: true });
      const [lack] = unenforced;
      assert.deepEqual([unenforced.length, lack?.limit], [1, 'disk']);
      assert.equal(lack?.partly ?? false, spaces);
      if (!lack?.partly) return;
      const [cwd, temp = ''] = output.split('\n');
      assert.equal(cwd, folder);
      assert.match(temp, /^\/tmp\/bulkhead-disk-/);
      assert.match(output, /No space left on device/);
      assert.match(output, /^full$/m);
      assert.match(lack.because, new RegExp(folder));
      assert.equal(existsSync(temp), false, 'the place of the disk is gone');
      assert.deepEqual(
        readdirSync('/tmp').filter(each => each === temp.split('/').at(-1)),
        [],
      );
    });

    it('let it write to its folder without leaving anything there, or say that they cannot', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-limits-'));
      try {
        writeFileSync(join(folder, 'old'), 'before');
        const script =
          'echo after >old; touch new; cat old; head -c 6000000 /dev/zero >"$PWD/large"; wc -c <large; pwd';
        const discarded = { workspaceWrites: 'discarded', memoryBytes: 64 * MiB } as const;
        const words = ['/bin/sh', '-c', script];
        const { output, lacks } = await run(words, { ...discarded, diskBytes: 4 * MiB }, folder, folder);
        assert.equal(lacks.includes('workspaceWrites'), !spaces);
        assert.match(output, /^after$/m);
        assert.match(output, new RegExp(`^${folder}$`, 'm'));
        if (!spaces) return assert.deepEqual(readdirSync(folder).sort(), ['large', 'new', 'old']);
        assert.deepEqual([readdirSync(folder), readFileSync(join(folder, 'old'), 'utf8')], [['old'], 'before']);
        assert.match(output, /No space left on device/);
        const roomy = await run(words, discarded, folder, folder);
        assert.match(roomy.output, /^6000000$/m);
        assert.deepEqual(readdirSync(folder), ['old']);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('keep it off the network, or say that they cannot', async () => {
      const server = createServer(socket => socket.end()).listen(0, '127.0.0.1');
      await new Promise(resolve => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      const connect = `net.connect(${port},'127.0.0.1').on('connect',()=>{console.log('connected');process.exit()}).on('error',e=>console.log(e.code))`;
      const own = `net.createServer(s=>s.end()).listen(0,'127.0.0.1',function(){net.connect(this.address().port,'127.0.0.1').on('close',()=>{console.log('own');process.exit()})})`;
      try {
        assert.equal((await node(connect, {})).output.trim(), 'connected');
        const { output, lacks } = await node(connect, { network: false });
        assert.equal(lacks.includes('network'), !spaces);
        if (!spaces) return assert.equal(output.trim(), 'connected');
        assert.equal(output.trim(), 'ECONNREFUSED');
        assert.equal((await node(own, { network: false })).output.trim(), 'own', 'its own loopback works');
      } finally {
        server.close();
      }
    });

    it('hold all at once', async () => {
      const script = 'ulimit -n; ulimit -s; ulimit -t; cut -d " " -f 19 /proc/self/stat';
      const nice = nicer(3);
      const everything = { openFiles: 64, stackBytes: MiB, cpuMs: 5000, nice, fileBytes: MiB };
      const { output } = await sh(script, { ...everything, diskBytes: MiB, network: false });
      assert.deepEqual(output.trim().split('\n'), ['64', '1024', '5', String(nice)]);
    });

    it('refuse the process that is one too many and count it, or say that they cannot', async () => {
      const code = `const cp=require('child_process');let n=0;const end=e=>{console.log(n,e.code);process.exit()};for(let i=0;i<60;i++){cp.spawn('sleep',['5']).on('spawn',()=>n++).on('error',end)}setTimeout(()=>end({code:'none'}),2000)`;
      const { output, lacks, refusedProcesses } = await node(code, { processes: 40 });
      if (lacks.includes('processes')) return assert.equal(output.trim(), '60 none');
      assert.match(output, /^\d+ EAGAIN/);
      assert.ok(refusedProcesses === null || refusedProcesses > 0, String(refusedProcesses));
    });

    it('end a flood of output at its limit', async () => {
      const { stop, wallMs } = await sh('yes', { outputLimitBytes: 5 * MiB });
      assert.deepEqual(stop, { kind: 'flood', limitBytes: 5 * MiB });
      assert.ok(wallMs < 10_000, `${wallMs} ms`);
    });

    it('say why each that fails cannot hold, and what would give it', async () => {
      const wanted = { memoryBytes: 64 * MiB, swapBytes: MiB, processes: 99, openFiles: 64, diskBytes: MiB };
      const { unenforced } = await sh('true', { ...wanted, network: false, nice: 1, cpuMs: 1000, stackBytes: MiB });
      for (const { limit, because, fix } of unenforced) {
        assert.match(because, /.{20}/, limit);
        assert.match(fix, /^[A-Z].*\.$/, limit);
      }
      const always = ['openFiles', 'stack', 'cpu', 'nice'];
      assert.deepEqual(
        unenforced.filter(({ limit }) => always.includes(limit)),
        [],
      );
    });
  });
}
