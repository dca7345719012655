import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killNow } from '../../src/cages/owner.ts';
import type { WardenClient } from '../../src/client/client.ts';
import { processStart } from '../../src/cages/processes.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { marked, until } from './alive.ts';
import { dist, TestWorkspace } from './workspace.ts';

const config = (extra: object = {}) =>
  JSON.stringify({
    memory: '128 MiB',
    timeout: '1s',
    grace: '200ms',
    frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
    ...extra,
  });

describe('a warden', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  it('gives every test one verdict, and each the right one', async () => {
    workspace = new TestWorkspace({
      // To reach its cap may take a busy machine long.
      'bulkhead.config.json': config({ overrides: [{ files: 'hog.sh', timeout: '20s' }] }),
      'passes.sh': 'exit 0',
      'fails.sh': 'echo what went wrong; exit 3',
      'hog.sh': `exec node -e 'const a=[];for(let i=0;i<96;i++)a.push(Buffer.alloc(4<<20,1))'`,
      'loops.sh': 'while :; do :; done',
      'segfault.sh': 'kill -SEGV $$',
      'shell-segfault.sh': 'sh -c "kill -SEGV \\$\\$"; exit $?',
      'suicide.sh': 'kill -KILL $$',
      'daemon.sh': 'setsid sleep 60 >/dev/null 2>&1 </dev/null & sleep 0.05',
    });
    const { summary, records, verdicts } = await workspace.run();
    assert.deepEqual(verdicts, {
      'passes.sh': 'passed',
      'fails.sh': 'failed',
      'hog.sh': 'out-of-memory',
      'loops.sh': 'timed-out',
      'segfault.sh': 'crashed',
      'shell-segfault.sh': 'crashed',
      'suicide.sh': 'killed-outside',
      'daemon.sh': 'passed',
    });
    assert.equal(summary.planned, 8);
    assert.equal(
      Object.values(summary.counts).reduce((sum, count) => sum + count, 0),
      8,
    );
    assert.equal(summary.leaked, 1);
    const daemon = records.find(record => record.test.titlePath[0] === 'daemon.sh');
    assert.ok(daemon?.attributes.some(attribute => attribute.kind === 'leaked-processes'));
    const loops = records.find(record => record.test.titlePath[0] === 'loops.sh');
    assert.ok(loops!.durationMs! >= 1000 && loops!.durationMs! < 4000, `took ${loops!.durationMs} ms`);
    const failed = records.find(record => record.test.titlePath[0] === 'fails.sh');
    assert.match(failed!.output.text, /what went wrong/);
  });

  it('uses a configuration that was edited a moment ago', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config({ timeout: '5s' }), 'slow.sh': 'sleep 0.8' });
    const client = await workspace.warden();
    const run = (id: string) => client.request('run', { run: id, selection: { kind: 'all' }, overrides: {} });
    assert.deepEqual((await run('before')).counts, { passed: 1 });
    workspace.write('bulkhead.config.json', config({ timeout: '300ms' }));
    assert.deepEqual((await run('after')).counts, { 'timed-out': 1 });
  });

  it('fails a test that leaks where the policy says so', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({ leaks: 'fail' }),
      'daemon.sh': 'setsid sleep 60 & sleep 0.05',
    });
    assert.deepEqual((await workspace.run()).verdicts, { 'daemon.sh': 'failed' });
    const { verdicts, summary, records } = await workspace.run({ leaks: 'ignore' });
    // A cage that only watches memory says so.
    const attributes = records[0]!.attributes.filter(({ kind }) => kind !== 'limit-not-enforced');
    assert.deepEqual([verdicts, summary.leaked, attributes], [{ 'daemon.sh': 'passed' }, 0, []]);
  });

  it('applies limits by glob, and lets a stronger layer win', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({ overrides: [{ files: 'slow*.sh', timeout: '5s' }] }),
      'slow.sh': 'sleep 1.5',
      'other.sh': 'sleep 1.5',
    });
    assert.deepEqual((await workspace.run()).verdicts, { 'slow.sh': 'passed', 'other.sh': 'timed-out' });
    assert.deepEqual((await workspace.run({ timeout: 4000 })).verdicts, { 'slow.sh': 'passed', 'other.sh': 'passed' });
  });

  it('kills everything when its client is gone, and then itself', async () => {
    const mark = `bulkhead-test-${randomUUID()}`;
    const daemon = 'setsid sh -c "trap : TERM HUP; while :; do sleep 1; done" >/dev/null 2>&1 </dev/null & sleep 60';
    const tests = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`t${i}.sh`, daemon]));
    workspace = new TestWorkspace({ 'bulkhead.config.json': config({ timeout: '60s' }), ...tests });
    const client = await workspace.warden([], { env: { ...process.env, MARK: mark } });
    const run = client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: { jobs: 8 } });
    await until('16 processes run', () => marked(mark).length >= 17);
    // Nobody is there to read the answer, if there is one before the end.
    const interrupted = run.catch((error: Error) => error);
    client.closeNow();
    // One second is what is promised of a machine that is not busy with other things (test/engine/deaths.test.ts measures it).
    await until('nothing is alive', () => marked(mark).length === 0, 5000);
    await interrupted;
  });

  it('stops a run: nothing alive when it answers, every test with a verdict', async () => {
    const mark = `bulkhead-test-${randomUUID()}`;
    const stubborn = 'trap "" TERM; setsid sleep 60 >/dev/null 2>&1 & while :; do sleep 0.1; done';
    const tests = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`t${i}.sh`, stubborn]));
    workspace = new TestWorkspace({ 'bulkhead.config.json': config({ timeout: '60s' }), ...tests });
    const client = await workspace.warden([], { env: { ...process.env, MARK: mark } });
    const run = client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: { jobs: 4 } });
    await until('4 tests run', () => marked(mark).length >= 9);
    const answer = await client.request('stop', { hard: false });
    assert.deepEqual(
      marked(mark).filter(process => !process.command.includes('warden.cjs')),
      [],
    );
    assert.deepEqual(answer, { stoppedRuns: 1, survivors: [] });
    const summary = await run;
    assert.deepEqual([summary.planned, summary.counts, summary.cancelled], [12, { cancelled: 12 }, true]);
  });

  it('finishes a run although its journal cannot be written', async function () {
    if (process.platform !== 'linux') this.skip(); // /dev/full is a disk that is always full
    workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'passes.sh': 'exit 0' });
    mkdirSync(join(workspace.root, '.bulkhead/runs/r'), { recursive: true });
    symlinkSync('/dev/full', join(workspace.root, '.bulkhead/runs/r/journal.ndjson'));
    const notices: Notice[] = [];
    const client = await workspace.warden(notices);
    const summary = await client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
    assert.deepEqual([summary.counts, summary.journal], [{ passed: 1 }, null]);
    assert.ok(notices.some(notice => notice.notice === 'problem' && /not being saved/.test(notice.problem.message)));
  });

  it('stops a run that has not begun yet: nothing of it is started', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'passes.sh': 'exit 0' });
    const client = await workspace.warden();
    const run = randomUUID();
    const ended = client.request('run', { run, selection: { kind: 'all' }, overrides: {} });
    const stopped = client.request('stop', { run, hard: false });
    assert.deepEqual(await stopped, { stoppedRuns: 1, survivors: [] });
    const { cancelled, planned } = await ended;
    assert.deepEqual({ cancelled, planned }, { cancelled: true, planned: 0 });
    assert.equal((await client.request('status', {})).metrics['units'], 0);
  });

  it('journals the plan, the reason of each stop and each verdict', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'loops.sh': 'while :; do :; done' });
    const { summary } = await workspace.run();
    const entries = readFileSync(summary.journal!, 'utf8').trim().split('\n');
    const kinds = entries.map(line => (JSON.parse(line) as { entry: string }).entry);
    assert.deepEqual(kinds, ['run', 'plan', 'stop', 'record', 'end']);
  });

  it('says which program is missing', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({
        frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['no-such-program', '${file}'] }] },
      }),
      'a.sh': '',
    });
    const { records } = await workspace.run();
    assert.match(JSON.stringify(records[0]!.verdict), /there is no program no-such-program on the PATH/);
  });

  it('says that a file was deleted between the plan and the run', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'a.sh': 'exit 0' });
    const client = await workspace.warden();
    const [project] = await workspace.projects(client);
    const selection = {
      kind: 'some',
      projects: [{ project: project!.id, files: [{ file: join(workspace.root, 'gone.sh') }] }],
    } as const;
    const summary = await client.request('run', { run: 'r', selection, overrides: {} });
    assert.deepEqual(summary.counts, { error: 1 });
  });

  it('is swept up by the next one when it was killed itself and had no keeper', async function () {
    const mark = `bulkhead-test-${randomUUID()}`;
    workspace = new TestWorkspace({
      'bulkhead.config.json': config({ timeout: '60s' }),
      'a.sh': 'sleep 60 & sleep 60',
    });
    const withoutKeeper = join(workspace.root, 'package/dist');
    cpSync(join(dist, '../package.json'), join(workspace.root, 'package/package.json'));
    for (const part of ['warden.cjs', 'inside'])
      cpSync(join(dist, part), join(withoutKeeper, part), { recursive: true });
    const script = join(withoutKeeper, 'warden.cjs');
    const first = await workspace.warden([], { script, env: { ...process.env, MARK: mark } });
    if (first.info.cage.mechanism === 'process-group') this.skip(); // a killed warden's processes are known by their control group
    await killWhileRunning(first, mark);
    assert.ok(marked(mark).length > 0, 'the test outlives its warden until the next one comes');
    const homes = [process.env['XDG_RUNTIME_DIR'] ?? '', '/dev/shm', tmpdir()].filter(home => existsSync(home));
    const scratch = homes.flatMap(home =>
      readdirSync(home).flatMap(name => (name.startsWith(`bulkhead-${first.pid}-`) ? [join(home, name)] : [])),
    );
    assert.equal(scratch.length, 1);
    const next = await workspace.warden();
    await until('nothing is alive', () => marked(mark).length === 0, 1000);
    await next.request('run', { run: 'next', selection: { kind: 'some', projects: [] }, overrides: {} });
    assert.equal(existsSync(scratch[0]!), false, 'its private folder is gone too');
  });

  it('leaves the cages of another living warden alone', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'a.sh': 'sleep 0.7' });
    const first = await workspace.warden();
    const run = first.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
    await until('the test runs', async () => (await first.request('status', {})).cages.length > 0);
    await workspace.warden();
    assert.deepEqual((await run).counts, { passed: 1 });
  });

  it('exits when its client never said a word', async () => {
    workspace = new TestWorkspace({});
    const client = await workspace.warden();
    const pid = client.pid;
    client.closeNow();
    await until('it is gone', () => processStart(pid) === null, 2000);
  });

  async function killWhileRunning(warden: WardenClient, mark: string): Promise<void> {
    const run = warden.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
    const died = assert.rejects(run, /killed by SIGKILL/);
    await until('the test runs', () => marked(mark).length >= 4);
    killNow(warden.pid);
    await died;
  }
});
