import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Diagnosis } from '../../src/protocol/diagnosis.ts';
import type { CageDescription } from '../../src/protocol/limits.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { dist, TestWorkspace } from './workspace.ts';

const shell = { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] };
const config = (extra: object = {}) => JSON.stringify({ frameworks: shell, ...extra });
const hard = { BULKHEAD_FORBID: 'cgroup2,cgroup1', BULKHEAD_SYSTEMD: 'never' };
const weakest = { BULKHEAD_FORBID: 'cgroup2,cgroup1,namespaces,subreaper,node-keeper', BULKHEAD_SYSTEMD: 'never' };

describe('bulkhead doctor', function () {
  this.timeout(30_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  async function bulkhead(args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(dist, 'cli.cjs'), ...args], {
      cwd: workspace.root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout, stderr, code };
  }

  const examine = async (env: Record<string, string> = {}) =>
    JSON.parse((await bulkhead(['doctor', '--json'], env)).stdout) as Diagnosis;

  it('tries every kind of cage, and finds the one that runs get', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
    const { mechanisms, cage, inUse } = await examine();
    assert.deepEqual(
      mechanisms.map(({ mechanism }) => mechanism),
      ['cgroup2', 'cgroup1', 'namespaces', 'subreaper', 'node-keeper', 'process-group'],
    );
    assert.equal(cage?.mechanism, mechanisms.find(({ outcome }) => outcome === 'works')?.mechanism);
    assert.equal(inUse, null);
    const client = await workspace.warden();
    assert.equal(client.info.cage.mechanism, cage?.mechanism);
  });

  it('is a page to read, and no failure', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
    const { stdout, code } = await bulkhead(['doctor'], weakest);
    assert.equal(code, 0);
    assert.match(stdout, /The cage of each test\n {2}Process group/);
    assert.match(stdout, /cgroup v2 +was not tried, because it is forbidden/);
    assert.match(stdout, /What no cage holds/);
  });

  it('takes no paths', async () => {
    workspace = new TestWorkspace({});
    const { code, stderr } = await bulkhead(['doctor', 'test']);
    assert.equal(code, 2);
    assert.match(stderr, /takes no path/);
  });

  it('ends with an error when even the weakest cage is forbidden', async () => {
    workspace = new TestWorkspace({});
    const { code, stderr } = await bulkhead(['doctor'], {
      BULKHEAD_FORBID: `${weakest.BULKHEAD_FORBID},process-group`,
    });
    assert.equal(code, 3);
    assert.match(stderr, /No cage can be had/);
  });

  it('examines a machine while a run goes on, without harm to it', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'a.sh': 'sleep 1', 'b.sh': 'sleep 1; exit 3' });
    const client = await workspace.warden();
    const run = client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
    const [first, second] = await Promise.all([client.request('doctor', {}), client.request('doctor', {})]);
    const { mechanism } = client.info.cage;
    assert.deepEqual([first.cage?.mechanism, second.cage?.mechanism], [mechanism, mechanism]);
    assert.deepEqual((await run).counts, { passed: 1, failed: 1 });
  });

  describe('and what a project asks of its cages', () => {
    for (const command of [['run'], ['run', 'a.sh'], ['list'], ['run', '--json']]) {
      it(`keeps "bulkhead ${command.join(' ')}" from starting anything where it is not met`, async () => {
        workspace = new TestWorkspace({ 'bulkhead.config.json': config({ 'cage.require': 'hard-memory' }) });
        workspace.write('a.sh', 'touch started');
        const { code, stdout, stderr } = await bulkhead(command, hard);
        assert.equal(code, 2);
        assert.match(stdout + stderr, /"hard-memory" is required, but in the strongest cage here .* the memory cap is/);
        assert.match(stdout + stderr, /Take "cgroup2" or "cgroup1" out of "cage.forbid"/);
        assert.ok(!existsSync(join(workspace.root, 'started')));
        assert.ok(!existsSync(join(workspace.root, '.bulkhead/runs')));
      });
    }

    it('lets a run be where it is met', async () => {
      workspace = new TestWorkspace({ 'bulkhead.config.json': config({ 'cage.require': 'kernel-cleanup' }) });
      workspace.write('a.sh', 'touch started');
      const { cage } = await examine();
      if (cage?.properties.cleanup.level !== 'enforced') return assert.equal((await bulkhead(['run'])).code, 2);
      assert.equal((await bulkhead(['run'])).code, 0);
      assert.ok(existsSync(join(workspace.root, 'started')));
    });

    it('is told by the doctor, who still succeeds', async () => {
      workspace = new TestWorkspace({ 'bulkhead.config.json': config({ 'cage.require': ['hard-memory'] }) });
      const { code, stdout } = await bulkhead(['doctor'], hard);
      assert.equal(code, 0);
      assert.match(stdout, /Required +hard-memory .*: nothing is run, because the memory cap is/);
    });

    it('rejects the run of a client that had listed the tests before', async () => {
      workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'a.sh': 'touch started' });
      const client = await workspace.warden([], { env: { ...process.env, ...weakest } });
      const [project] = await workspace.projects(client);
      writeFileSync(join(workspace.root, 'bulkhead.config.json'), config({ 'cage.require': 'kernel-cleanup' }));
      const { projects, problems } = await client.request('projects', {});
      assert.deepEqual(projects, [project], 'its tests stay in sight');
      assert.deepEqual([problems[0]?.key, problems[0]?.severity], ['cage.require', 'error']);
      const run = client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
      await assert.rejects(run, /nothing was run.*"kernel-cleanup" is required/);
      const { problem } = await client.request('discover', { project: project!.id, file: project!.files[0]! });
      assert.match(problem?.message ?? '', /"kernel-cleanup" is required/);
      assert.ok(!existsSync(join(workspace.root, 'started')));
    });

    it('changes the cage of a running warden when another is forbidden', async () => {
      workspace = new TestWorkspace({ 'bulkhead.config.json': config(), 'a.sh': 'exit 0' });
      const notices: Notice[] = [];
      const client = await workspace.warden(notices, { env: { ...process.env, BULKHEAD_SYSTEMD: 'never' } });
      const { cage: before } = client.info;
      if (before.mechanism === 'process-group') return; // there is no weaker one
      writeFileSync(join(workspace.root, 'bulkhead.config.json'), config({ 'cage.forbid': [before.mechanism] }));
      await client.request('projects', {});
      const told = notices.find(notice => notice.notice === 'cage')?.cage as CageDescription;
      assert.notEqual(told.mechanism, before.mechanism);
      assert.deepEqual(client.info.cage, told);
      const because = told.passedOver.find(({ mechanism }) => mechanism === before.mechanism)?.because;
      assert.match(because ?? '', /forbidden by the settings/);
      const summary = await client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
      assert.deepEqual(summary.counts, { passed: 1 });
      writeFileSync(join(workspace.root, 'bulkhead.config.json'), config());
      await client.request('projects', {});
      assert.equal(client.info.cage.mechanism, before.mechanism, 'and back');
    });
  });

  describe('and the remembered choice', () => {
    const file = () => join(workspace.root, '.bulkhead/detection.json');

    it('spares a start the mechanisms that failed before, and is not believed by the doctor', async function () {
      if (process.platform !== 'linux') {
        this.test!.title += ' [skipped: only Linux names its boot in a file]';
        this.skip();
      }
      workspace = new TestWorkspace({ 'bulkhead.config.json': config() });
      const first = await workspace.warden([], { env: { ...process.env, BULKHEAD_SYSTEMD: 'never' } });
      const { cage } = first.info;
      await first.close();
      const found = JSON.parse(readFileSync(file(), 'utf8')) as object;
      const passedOver = [
        { mechanism: 'cgroup2', because: 'it was so' },
        { mechanism: 'cgroup1', because: 'it was so' },
        { mechanism: 'namespaces', because: 'it was so' },
        { mechanism: 'subreaper', because: 'it was so' },
        { mechanism: 'node-keeper', because: 'it was so' },
      ];
      writeFileSync(file(), JSON.stringify({ ...found, mechanism: 'process-group', passedOver }));
      const second = await workspace.warden([], { env: { ...process.env, BULKHEAD_SYSTEMD: 'never' } });
      assert.deepEqual([second.info.cage.mechanism, second.info.cage.passedOver.length], ['process-group', 5]);
      const diagnosis = await second.request('doctor', {});
      assert.equal(diagnosis.cage?.mechanism, cage.mechanism);
      assert.equal(diagnosis.inUse, cage.mechanism === 'process-group' ? null : 'process-group');
      const third = await workspace.warden([], { env: { ...process.env, BULKHEAD_SYSTEMD: 'never' } });
      assert.equal(third.info.cage.mechanism, cage.mechanism);
    });
  });
});
