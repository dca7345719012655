import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { killNow } from '../../../src/cages/owner.ts';
import type { Notice } from '../../../src/protocol/messages.ts';
import { marked, slowness, until } from '../../engine/alive.ts';
import { dist, TestWorkspace } from '../../engine/workspace.ts';

/** By default a unit that is late is done without, as on a busy machine. */
const demanded = { ...process.env, BULKHEAD_SYSTEMD: 'always' };

/** Run by an ordinary user from a plain login, which gives nobody a control group to divide. */
describe('a warden of an ordinary login', () => {
  let workspace: TestWorkspace;
  const clients: ChildProcess[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.kill('SIGKILL');
    await workspace.remove();
  });

  const crowd = (mark: string) => ({
    'bulkhead.config.json': config({ timeout: null }),
    'crowd.sh': `export MARK=${mark}
      for i in 1 2 3 4 5 6; do setsid sh -c 'trap "" TERM HUP INT; while :; do sleep 1000; done' >/dev/null 2>&1 </dev/null & done
      sleep 1000`,
  });

  it('has a unit of the user’s systemd to itself, and cages of cgroup v2 in it', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
    const startedAt = performance.now();
    const client = await workspace.warden();
    console.error(`started with its cages proved after ${Math.round(performance.now() - startedAt)} ms`);
    assert.deepEqual([client.info.cage.mechanism, client.info.cage.passedOver], ['cgroup2', []]);
    const group = readFileSync(`/proc/${client.pid}/cgroup`, 'utf8').trim();
    assert.match(group, /\/user@1000\.service\/app\.slice\/bulkhead-[\w-]+\.service\/warden-\d+$/);
    assert.equal(units().length, 1);
    await client.close();
    assert.deepEqual(units(), []);
  });

  it('has a hog killed by the kernel at its cap, and goes on', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config(),
      'hog.sh': `exec node -e 'const a=[];for(let i=0;i<64;i++)a.push(Buffer.alloc(4<<20,1))'`,
      'passes.sh': 'exit 0',
    });
    const { records, verdicts } = await workspace.run({ memory: 96 * 1024 ** 2, jobs: 1 }, { kind: 'all' }, demanded);
    assert.deepEqual(verdicts, { 'hog.sh': 'out-of-memory', 'passes.sh': 'passed' });
    const hog = records.find(record => record.test.titlePath[0] === 'hog.sh')!;
    assert.ok(
      hog.verdict.kind === 'out-of-memory' && hog.verdict.cause.startsWith('kernel'),
      JSON.stringify(hog.verdict),
    );
    const peak = hog.usage.peakMemoryBytes!;
    assert.ok(peak <= 96 * 1024 ** 2 && peak > 90 * 1024 ** 2, `the peak was ${peak}`);
  });

  it('gives tests what a child of the client would give them', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config(),
      'looks.sh':
        'env | grep -v ^BULKHEAD_ | sort; umask; (ulimit -a; ulimit -Ha) | grep -v ^process; id; nice; pwd; exit 1',
    });
    const env = { ...process.env, TZ: 'Asia/Kolkata', ODD: 'two  words, $HOME and %n', TMPDIR: '/var/tmp' };
    const seen = async (wish: string) => {
      const before = process.umask(0o027);
      try {
        const { records } = await workspace.run({}, { kind: 'all' }, { ...env, BULKHEAD_SYSTEMD: wish });
        return records[0]!.output.text;
      } finally {
        process.umask(before);
      }
    };
    const [asChild, inUnit] = [await seen('never'), await seen('always')];
    assert.match(asChild, /ODD=two {2}words, \$HOME and %n/);
    assert.deepEqual(inUnit.split('\n'), asChild.split('\n'));
  });

  it('is killed, and systemd leaves nothing of its tests alive', async () => {
    const mark = randomUUID();
    workspace = new TestWorkspace(crowd(mark));
    const ends: string[] = [];
    const client = await workspace.warden([], { env: demanded, onExit: reason => ends.push(reason) });
    const run = client.request('run', { run: 'one', selection: { kind: 'all' }, overrides: {} });
    const lost = assert.rejects(run, /Bulkhead's warden/);
    await until('the crowd is there', () => marked(mark).length >= 8);
    const killedAt = performance.now();
    killNow(client.pid);
    await until('nothing is left', () => marked(mark).length === 0, 1000 * slowness);
    console.error(`warden killed: empty after ${Math.round(performance.now() - killedAt)} ms`);
    await lost;
    console.error(ends[0]);
    assert.deepEqual(ends, ["Bulkhead's warden was killed."]);
    await until('no unit is left', () => units().length === 0);
  });

  it('ends with its client, whatever that died of, and so do its tests', async () => {
    const mark = randomUUID();
    workspace = new TestWorkspace(crowd(mark));
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    const client = spawn('node', [join(dist, 'cli.cjs'), 'run'], {
      cwd: workspace.root,
      env: demanded,
      stdio: [...stdio],
    });
    clients.push(client);
    let said = '';
    client.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const crowded = () => {
      assert.equal(client.exitCode, null, said);
      return marked(mark).length >= 8;
    };
    await until('the crowd is there', crowded, 60_000);
    assert.equal(units().length, 1);
    const killedAt = performance.now();
    client.kill('SIGKILL');
    await until('nothing is left', () => marked(mark).length === 0, 1000 * slowness);
    console.error(`client killed: empty after ${Math.round(performance.now() - killedAt)} ms`);
    await until('no unit is left', () => units().length === 0);
  });

  it('ends with the systemd-run that started it', async () => {
    const mark = randomUUID();
    workspace = new TestWorkspace(crowd(mark));
    const client = await workspace.warden([], { env: demanded });
    // The warden may still tell of the cancelled test before it ends.
    const over = Promise.allSettled([client.request('run', { run: 'one', selection: { kind: 'all' }, overrides: {} })]);
    await until('the crowd is there', () => marked(mark).length >= 8, 60_000);
    const starter = marked('systemd-run').find(({ command }) => command.includes(`bulkhead-${process.pid}-`));
    killNow(starter!.pid);
    await until('nothing is left', () => marked(mark).length === 0, 1000 * slowness);
    await over;
    await until('no unit is left', () => units().length === 0);
  });

  it('is found although its path is full of what systemd replaces', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
    const odd = join(workspace.root, 'a $HOME ${USER} %n %% $$ ;"\'');
    mkdirSync(odd);
    symlinkSync(join(dist, 'warden.cjs'), join(odd, 'warden.cjs'));
    symlinkSync(process.execPath, join(odd, 'node'));
    const client = await workspace.warden([], {
      script: join(odd, 'warden.cjs'),
      node: join(odd, 'node'),
      env: { ...process.env, BULKHEAD_SYSTEMD: 'always' },
    });
    assert.equal(client.info.cage.mechanism, 'cgroup2');
  });

  it('needs neither XDG_RUNTIME_DIR nor the session’s own bus', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
    const client = await workspace.warden([], {
      env: {
        ...process.env,
        XDG_RUNTIME_DIR: undefined,
        BULKHEAD_SYSTEMD: 'always',
        DBUS_SESSION_BUS_ADDRESS: 'unix:path=/tmp/none',
      },
    });
    assert.equal(client.info.cage.mechanism, 'cgroup2');
  });

  for (const [how, body, reason] of [
    ['fails', 'echo no such luck >&2; exit 4', /systemd-run ended with code 4: no such luck/],
    ['hangs', 'sleep 60', /it did not start within \d+ s/],
    [
      // As the bus of a container may lead to the systemd of its host.
      'leads to another place',
      'until [ "$1" = -- ]; do shift; done; shift; exec unshare --user --map-current-user -- "$@"',
      /a process there has another user namespace$/,
    ],
    ['is not there', null, /systemd-run could not be started: .*ENOENT/],
  ] as const) {
    it(`starts without a unit where systemd-run ${how}, and says why`, async () => {
      workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
      const bin = join(workspace.root, 'bin');
      mkdirSync(bin);
      symlinkSync(process.execPath, join(bin, 'node'));
      if (body !== null) {
        workspace.write('bin/systemd-run', `#!/bin/sh\n${body}\n`);
        chmodSync(join(bin, 'systemd-run'), 0o755);
      }
      const notices: Notice[] = [];
      const path = body === null ? bin : `${bin}:${process.env['PATH']}`;
      const client = await workspace.warden(notices, { env: { ...process.env, PATH: path } });
      assert.notEqual(client.info.cage.mechanism, 'cgroup2');
      assert.match(client.info.cage.passedOver.find(({ mechanism }) => mechanism === 'cgroup2')!.because, reason);
      assert.ok(notices.some(notice => notice.notice === 'log' && notice.text.startsWith('The warden has no unit')));
      assert.deepEqual(units(), []);
    });
  }
});

function config(extra: object = {}): string {
  return JSON.stringify({
    memory: '128 MiB',
    frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
    ...extra,
  });
}

function units(): string[] {
  const list = ['--user', 'list-units', '--all', '--plain', '--no-legend', 'bulkhead-*.service'];
  return execFileSync('systemctl', list, { encoding: 'utf8' }).split('\n').filter(Boolean);
}
