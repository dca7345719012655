import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PastRun } from '../../src/protocol/history.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { fill } from '../full-disk.ts';
import { marked, slowness, until } from './alive.ts';
import { bulkhead, CommandLine } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

const tests = 24;
const shell = { name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] };
/** Each prints what its record has to hold. */
const filesPrinting = (bytes: number) => ({
  'bulkhead.config.json': JSON.stringify({ grace: 0, jobs: 2, frameworks: { mocha: false, command: [shell] } }),
  ...Object.fromEntries(
    Array.from({ length: tests }, (_, index) => [`t${index}.sh`, `sleep 0.1; head -c ${bytes} /dev/zero | tr '\\0' x`]),
  ),
});

interface Shown {
  readonly run: PastRun;
  readonly tests: readonly { readonly key: string; readonly verdict: { readonly kind: string } }[];
}

describe('a run on a disk that is full until its warden is killed', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  let storage: string;

  before(function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip(); // a small disk is mounted
  });

  function begin(files: Record<string, string>, context: Mocha.Context): void {
    workspace = new TestWorkspace(files);
    storage = join(workspace.root, '.bulkhead');
    mkdirSync(storage);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', storage], { stdio: 'ignore' });
    } catch {
      context.skip(); // this root may not mount
    }
  }
  afterEach(async () => {
    execFileSync('umount', ['-l', storage]);
    await workspace.remove();
  });

  /** The records that a client was told of a run whose disk becomes full after the first of them. */
  async function told(run: string, kill: boolean): Promise<{ records: TestRecord[]; notices: Notice[] }> {
    const mark = `bulkhead-test-${randomUUID()}`;
    const notices: Notice[] = [];
    const records = () => notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
    // As the terminal names it, which goes on with the run.
    const folder = { name: basename(workspace.root), path: workspace.root };
    const env = { ...process.env, MARK: mark };
    const client = await workspace.warden(notices, { env, folders: [{ folder, overrides: {} }] });
    const ended = client
      .request('run', { run, selection: { kind: 'all' }, overrides: {} })
      .catch((error: Error) => error);
    await until('one has its verdict', () => records().length > 0, 20_000 * slowness);
    fill(storage);
    if (kill) {
      await until('half of them have', () => records().length >= tests / 2, 40_000 * slowness);
      process.kill(client.pid, 'SIGKILL');
    }
    await ended;
    await client.close();
    await until('nothing is alive', () => marked(mark).length === 0, 20_000 * slowness);
    return { records: records(), notices };
  }

  async function shown(): Promise<Shown> {
    const { code, stdout, stderr } = await bulkhead(workspace.root, 'show --json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Shown;
  }
  /** Whatever of it was kept. */
  async function kept(): Promise<Map<string, string>> {
    return new Map((await shown()).tests.map(({ key, verdict }) => [key, verdict.kind]));
  }

  it('has lost no verdict that was shown, and goes on as itself', async function () {
    begin(filesPrinting(100), this);
    const { records, notices } = await told('killed', true);
    assert.ok(
      notices.some(each => each.notice === 'problem' && /takes no more of this run/.test(each.problem.message)),
    );
    const before = await kept();
    for (const { test, verdict } of records) assert.equal(before.get(test.key), verdict.kind, test.file);
    rmSync(join(storage, 'fill'));
    const { code, stdout, stderr } = await bulkhead(workspace.root, 'resume');
    assert.equal(code, 0, stdout + stderr);
    const { run } = await shown();
    assert.deepEqual([run.state, run.planned, run.recorded, run.missing], ['ended', tests, tests, 0]);
    assert.deepEqual(run.counts, { passed: tests });
    assert.ok(statSync(run.journal).size > 0);
  });

  it('shows no verdict that nothing has room for, says so, and has them when there is room', async function () {
    begin(filesPrinting(250_000), this);
    const { records, notices } = await told('full', false);
    const problems = notices.flatMap(notice => (notice.notice === 'problem' ? [notice.problem.message] : []));
    assert.ok(problems.some(message => /begins no more tests, because the disk is full/.test(message)));
    const counts = Map.groupBy(records, ({ verdict }) => verdict.kind);
    assert.deepEqual([...counts.keys()].toSorted(), ['not-run', 'passed']);
    assert.equal(records.length, tests);
    const before = await kept();
    for (const { test } of counts.get('passed') ?? []) assert.equal(before.get(test.key), 'passed', test.file);
    rmSync(join(storage, 'fill'));
    const { code, stdout, stderr } = await bulkhead(workspace.root, 'resume');
    assert.equal(code, 0, stdout + stderr);
    const { run } = await shown();
    assert.deepEqual([run.state, run.planned, run.recorded, run.counts], ['ended', tests, tests, { passed: tests }]);
  });

  it('ends in the terminal with code 3 and what to do, and resumed with code 0', async function () {
    begin(filesPrinting(250_000), this);
    const runs = join(storage, 'runs');
    const journals = () =>
      (existsSync(runs) ? readdirSync(runs) : [])
        .map(run => join(runs, run, 'journal.ndjson'))
        .filter(path => existsSync(path));
    const running = new CommandLine(workspace.root, ['run']);
    await until(
      'one has its verdict',
      () => journals().some(path => readFileSync(path, 'utf8').includes('"entry":"record"')),
      20_000 * slowness,
    );
    fill(storage);
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, /begins no more tests, because the disk is full/);
    assert.match(stdout + stderr, /Free some space and resume the run/);
    rmSync(join(storage, 'fill'));
    const resumed = await bulkhead(workspace.root, 'resume');
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
    const { run } = await shown();
    assert.deepEqual([run.state, run.planned, run.recorded, run.counts], ['ended', tests, tests, { passed: tests }]);
  });
});
