import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killNow } from '../../src/cages/owner.ts';
import type { PastRun } from '../../src/protocol/history.ts';
import type { Notice, RunSummary } from '../../src/protocol/messages.ts';
import type { WardenClient } from '../../src/client/client.ts';
import { marked, until } from './alive.ts';
import { dist, TestWorkspace } from './workspace.ts';

const config = JSON.stringify({
  memory: '128 MiB',
  timeout: '20s',
  grace: 0,
  frameworks: { mocha: false, command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
});
const all = { kind: 'all' } as const;
/** Says on disk that it was run to its end. */
const slow = (seconds: number, code = 0) => `sleep ${seconds}; echo "$0" >> ran; exit ${code}`;

describe('the past runs of a workspace', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  const total = ({ counts }: RunSummary | PastRun) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const ran = () => readFileSync(join(workspace.root, 'ran'), 'utf8').trim().split('\n').length;

  it('are told by the next warden, with every record', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config, 'a.sh': 'exit 0', 'b.sh': 'echo loud; exit 3' });
    const { summary, records } = await workspace.run();
    const warden = await workspace.warden();
    const [run] = await warden.request('history', {});
    assert.deepEqual(
      [run?.run, run?.state, run?.counts, run?.planned],
      [summary.run, 'ended', { passed: 1, failed: 1 }, 2],
    );
    const page = await warden.request('records', { run: summary.run });
    assert.deepEqual(
      page.records.toSorted((a, b) => a.test.file.localeCompare(b.test.file)),
      records.toSorted((a, b) => a.test.file.localeCompare(b.test.file)),
    );
    const failed = records.find(({ verdict }) => verdict.kind === 'failed')!;
    const past = await warden.request('testHistory', { key: failed.test.key });
    assert.deepEqual(
      past.map(each => [each.run, each.verdict, each.durationMs]),
      [[summary.run, 'failed', failed.durationMs]],
    );
    await assert.rejects(warden.request('records', { run: 'none' }), /There is no run none/);
  });

  it('are compared: what newly failed and what was fixed', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config,
      'a.sh': 'exit 0',
      'b.sh': 'exit 3',
      'c.sh': 'exit 0',
    });
    await workspace.run();
    workspace.write('a.sh', 'exit 4');
    workspace.write('b.sh', 'exit 0');
    const { summary, records } = await workspace.run();
    const key = (name: string) => records.find(({ test }) => test.file.endsWith(name))!.test.key;
    const warden = await workspace.warden();
    const { 'newly-failed': failed, fixed, new: added } = await warden.request('comparison', { run: summary.run });
    assert.deepEqual([failed, fixed, added], [[key('a.sh')], [key('b.sh')], []]);
  });

  it('are told while they go on', async () => {
    workspace = new TestWorkspace({
      'bulkhead.config.json': config,
      'a.sh': 'exit 0',
      'b.sh': 'until [ -e go ]; do sleep 0.1; done',
    });
    const warden = await workspace.warden();
    const run = warden.request('run', { run: 'r', selection: all, overrides: {} });
    const other = await workspace.warden();
    const past = await until(
      'a verdict is told',
      async () => {
        const [first] = await other.request('history', {});
        return first?.recorded === 1 ? first : null;
      },
      30_000,
    );
    assert.deepEqual([past.state, past.planned], ['running', 2]);
    await assert.rejects(other.request('resume', { run: 'r', overrides: {} }), /going on in another window/);
    await run;
    await assert.rejects(
      other.request('resume', { run: 'r', overrides: {} }),
      /has ended: every test of it has a verdict/,
    );
    await assert.rejects(other.request('resume', { run: 'x', overrides: {} }), /There is no run x/);
  });

  it('are not there without their thread, which is said once, and runs are what they are', async () => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config, 'a.sh': 'exit 0' });
    cpSync(join(dist, '../package.json'), join(workspace.root, 'package/package.json'));
    cpSync(dist, join(workspace.root, 'package/dist'), { recursive: true });
    rmSync(join(workspace.root, 'package/dist/store.cjs'));
    const notices: Notice[] = [];
    const warden = await workspace.warden(notices, { script: join(workspace.root, 'package/dist/warden.cjs') });
    for (const run of ['one', 'two'])
      assert.deepEqual((await warden.request('run', { run, selection: all, overrides: {} })).counts, { passed: 1 });
    await assert.rejects(warden.request('history', {}), /Past runs cannot be looked up/);
    const told = notices.filter(notice => notice.notice === 'problem' && /Past runs/.test(notice.problem.message));
    assert.equal(told.length, 1);
  });

  describe('go on', () => {
    const twelve = () =>
      new TestWorkspace({
        'bulkhead.config.json': config,
        ...Object.fromEntries(
          Array.from({ length: 12 }, (_, index) => [`t${index}.sh`, slow(0.1, index % 5 === 0 ? 1 : 0)]),
        ),
      });
    const counts = { passed: 9, failed: 3 };

    async function interrupted(after: number, end: (warden: WardenClient) => void): Promise<PastRun> {
      const mark = `bulkhead-test-${randomUUID()}`;
      const notices: Notice[] = [];
      const warden = await workspace.warden(notices, { env: { ...process.env, MARK: mark } });
      const run = warden.request('run', { run: 'r', selection: all, overrides: { jobs: 2 } });
      const died = assert.rejects(run);
      await until('some have a verdict', () => notices.filter(({ notice }) => notice === 'record').length >= after);
      end(warden);
      await died;
      // A cage without a keeper waits for the next warden.
      const next = await workspace.warden();
      await until('nothing is alive', () => marked(mark).length === 0, 3000);
      const shown = notices.filter(({ notice }) => notice === 'record').length;
      const [past] = await next.request('history', {});
      assert.equal(past?.state, 'interrupted');
      assert.ok(past.recorded >= shown, `${shown} verdicts were shown and ${past.recorded} are kept`);
      assert.ok(past.recorded < 12);
      return past;
    }

    for (const [what, end] of [
      ['their warden was killed', warden => killNow(warden.pid)],
      ['their client was gone', warden => warden.closeNow()],
    ] as const satisfies readonly (readonly [string, (warden: WardenClient) => void])[]) {
      it(`where they stopped when ${what}: only with what has no verdict`, async () => {
        workspace = twelve();
        const past = await interrupted(3, end);
        const notices: Notice[] = [];
        const warden = await workspace.warden(notices);
        const before = ran();
        const summary = await warden.request('resume', { run: 'r', overrides: {} });
        assert.deepEqual([summary.run, summary.planned, summary.counts], ['r', 12, counts]);
        assert.equal(total(summary), 12);
        const now = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
        assert.equal(now.length, 12 - past.recorded);
        assert.equal(ran() - before, now.length);
        assert.deepEqual(new Set(now.map(({ startedAt }) => startedAt! >= past.startedAt)), new Set([true]));
        const [again] = await warden.request('history', {});
        assert.deepEqual([again?.state, again?.counts, again?.resumed, again?.planned], ['ended', counts, 1, 12]);
        assert.ok(again!.durationMs >= past.durationMs);
      });
    }

    it('after they were stopped, with the cancelled tests too', async () => {
      workspace = twelve();
      const notices: Notice[] = [];
      const warden = await workspace.warden(notices);
      const run = warden.request('run', { run: 'r', selection: all, overrides: { jobs: 2 } });
      await until('some have a verdict', () => notices.filter(({ notice }) => notice === 'record').length >= 3);
      await warden.request('stop', { hard: true });
      assert.equal((await run).cancelled, true);
      const summary = await warden.request('resume', { run: 'r', overrides: {} });
      assert.deepEqual([summary.planned, summary.counts, summary.cancelled], [12, counts, false]);
      assert.deepEqual((await warden.request('history', {}))[0]?.counts, counts);
    });

    it('with a verdict for what is not there any more', async () => {
      workspace = twelve();
      const past = await interrupted(2, warden => killNow(warden.pid));
      for (let index = 0; index < 12; index++) rmSync(join(workspace.root, `t${index}.sh`));
      const warden = await workspace.warden();
      const summary = await warden.request('resume', { run: 'r', overrides: {} });
      assert.equal(total(summary), summary.planned);
      assert.equal(summary.counts.error, past.planned - past.recorded);
    });
  });
});
