import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { killNow } from '../../src/cages/owner.ts';
import type { PastRun } from '../../src/protocol/history.ts';
import { marked, until } from './alive.ts';
import { bulkhead, CommandLine } from './command-line.ts';
import { TestWorkspace } from './workspace.ts';

const shell = { name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] };
const config = JSON.stringify({ grace: 0, frameworks: { mocha: false, command: [shell] } });
const six = Object.fromEntries(
  Array.from({ length: 6 }, (_, index) => [
    `t${index}.sh`,
    `sleep 0.2; echo "$0" >> ran; exit ${index % 3 === 0 ? 1 : 0}`,
  ]),
);

/** Whether its only run has told what it will do. */
function planned(root: string): boolean {
  const [run] = readdirSync(join(root, '.bulkhead/runs'));
  const journal = join(root, '.bulkhead/runs', run ?? '', 'journal.ndjson');
  return existsSync(journal) && readFileSync(journal, 'utf8').includes('"entry":"plan"');
}

interface History {
  readonly runs: readonly PastRun[];
}

interface Shown {
  readonly run: PastRun;
  readonly unfinished: readonly { file: string }[];
  readonly tests: readonly { file: string; verdict: { kind: string } }[];
}

describe('bulkhead and its past runs', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());
  const make = (files: Readonly<Record<string, string>>) => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config, ...files });
    return workspace.root;
  };
  const json = async <T>(line: string) => JSON.parse((await bulkhead(workspace.root, `${line} --json`)).stdout) as T;

  it('says that there are none, and makes nothing', async () => {
    const { code, stdout } = await bulkhead(make({}), 'history');
    assert.deepEqual([code, /No runs are kept in/.test(stdout)], [0, true]);
    assert.equal(existsSync(join(workspace.root, '.bulkhead')), false);
    const { code: shown, stderr } = await bulkhead(workspace.root, 'show');
    assert.deepEqual([shown, /error: no run is kept here yet/.test(stderr)], [2, true]);
  });

  it('says where nobody can look whether there are any', async () => {
    const root = make({ '.bulkhead': 'a file in the place of the folder' });
    for (const command of ['history', 'show', 'resume']) {
      const { code, stdout, stderr } = await bulkhead(root, command);
      assert.deepEqual([code, stdout], [3, ''], command);
      assert.match(stderr, /the runs that are kept cannot be looked at: ENOTDIR/, command);
    }
  });

  it('lists and shows them, the last by default, with their failures', async () => {
    const root = make({ 'a.sh': 'exit 0', 'b.sh': 'echo what went wrong; exit 3' });
    await bulkhead(root, 'run a.sh');
    await bulkhead(root, 'run');
    const { runs } = await json<History>('history');
    assert.deepEqual(
      runs.map(({ state, counts }) => [state, counts]),
      [
        ['ended', { passed: 1, failed: 1 }],
        ['ended', { passed: 1 }],
      ],
    );
    const { stdout: list, stderr } = await bulkhead(root, 'history -n 1');
    assert.match(list, new RegExp(`^${runs[0]!.run.slice(0, 8)} .* ended .* 2 tests: 1 passed, 1 failed\\n$`));
    assert.equal(stderr, '');
    const { code, stdout } = await bulkhead(root, 'show');
    assert.equal(code, 0);
    assert.match(stdout, /^ {4}why: The process ended with code 3\.\n {4}measured: .* · cage: /m);
    assert.match(stdout, /✗ b\.sh(.*\n)+.*what went wrong\n(.*\n)+.*2 tests: 1 passed, 1 failed\nJournal: /);
    const first = await json<Shown>(`show ${runs[1]!.run.slice(0, 6)}`);
    assert.deepEqual([first.run.run, first.tests.map(({ file }) => file)], [runs[1]!.run, ['a.sh']]);
  });

  it('gives what failed the last time the first turn of the next run', async () => {
    const files = { 'a.sh': 'echo a >>ran', 'b.sh': 'echo b >>ran', 'c.sh': 'echo c >>ran; exit 1' };
    const root = make(files);
    const order = async () => {
      rmSync(join(root, 'ran'), { force: true });
      await bulkhead(root, 'run -j 1');
      return readFileSync(join(root, 'ran'), 'utf8').trim().split('\n');
    };
    assert.deepEqual(await order(), ['a', 'b', 'c']);
    // A run does not wait for a history that is late, as on a machine with too much to do: the order is that of the files then.
    const orders = [];
    for (let run = 0; orders.at(-1)?.[0] !== 'c' && run < 5; run++) orders.push(await order());
    const late = orders.filter(([first]) => first !== 'c');
    for (const each of late) assert.deepEqual(each, ['a', 'b', 'c']);
    if (late.length === orders.length) console.log('      the history was late each time');
  });

  it('goes on with one that was killed: only with what has no verdict, and reports the whole', async () => {
    const mark = `bulkhead-test-${randomUUID()}`;
    const root = make(six);
    const command = new CommandLine(root, ['run', '--jobs', '1', '--memory', '96M'], { MARK: mark });
    await until('two were shown to fail', () => command.stdout.includes('✗ t0.sh') && existsSync(join(root, 'ran')));
    for (const { pid, command } of marked(mark)) if (command.includes('cli.cjs')) killNow(pid);
    await command.ended;
    await until('nothing is alive', () => marked(mark).length === 0, 3000);

    const before = await json<Shown>('show');
    assert.equal(before.run.state, 'interrupted');
    assert.ok(before.tests.some(({ file, verdict }) => file === 't0.sh' && verdict.kind === 'failed'));
    assert.equal(before.run.recorded, before.tests.length);
    assert.equal(before.unfinished.length, before.run.planned - before.run.recorded);
    assert.match(
      (await bulkhead(root, 'history')).stdout,
      /interrupted .*\n\nTo go on .*: bulkhead resume [0-9a-f]{8}\n/,
    );

    const ran = readFileSync(join(root, 'ran'), 'utf8').trim().split('\n').length;
    const { code, stdout } = await bulkhead(root, 'resume --output whole.json');
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`^Going on with run .*: ${before.tests.length} of `));
    assert.match(stdout, /^6 tests: 4 passed, 2 failed in /m);
    const now = readFileSync(join(root, 'ran'), 'utf8').trim().split('\n').length;
    assert.equal(now - ran, 6 - before.tests.length);
    const whole = JSON.parse(readFileSync(join(root, 'whole.json'), 'utf8')) as {
      tests: { limits: { memoryBytes: number } }[];
    };
    assert.deepEqual(
      whole.tests.map(({ limits }) => limits.memoryBytes / 1024 ** 2),
      Array(6).fill(96),
    );
    const after = await json<Shown>('show');
    assert.deepEqual([after.run.state, after.run.recorded, after.unfinished], ['ended', 6, []]);

    const again = await bulkhead(root, `resume ${after.run.run}`);
    assert.deepEqual([again.code, /has ended: every test of it has a verdict/.test(again.stderr)], [2, true]);
    assert.match((await bulkhead(root, 'resume')).stderr, /no run that is kept was interrupted or stopped/);
    assert.match((await bulkhead(root, 'resume zzz')).stderr, /there is no run zzz/);
  });

  it('goes on once where two ask for it at the same moment', async () => {
    const root = make({ 'a.sh': 'sleep 2' });
    const command = new CommandLine(root, ['run']);
    await until('its run is planned', () => existsSync(join(root, '.bulkhead/runs')) && planned(root));
    command.process.kill('SIGINT');
    await command.ended;
    const both = await Promise.all([bulkhead(root, 'resume'), bulkhead(root, 'resume')]);
    assert.deepEqual(both.map(({ code }) => code).sort(), [0, 2], both.map(({ stderr }) => stderr).join('\n'));
    assert.match(both.find(({ code }) => code === 2)!.stderr, /^error: run [0-9a-f]{8} is still going on\n/);
  });

  it('is whole although a test removes all that is kept, and says so', async () => {
    const root = make({ 'a.sh': 'exit 1', 'b.sh': 'sleep 0.3; rm -rf .bulkhead', 'c.sh': 'sleep 0.6' });
    const { code, stdout } = await bulkhead(root, 'run --jobs 1');
    assert.equal(code, 1);
    assert.match(stdout, /^warning: .*removed the journal of this run while it was written\. It was written again\./m);
    const { run, tests } = await json<Shown>('show');
    assert.deepEqual([run.state, run.planned, tests.length], ['ended', 3, 3]);
  });

  it('is not kept waiting by a pipe that somebody put in the place of a file', async function () {
    if (process.platform === 'win32') this.skip(); // no such pipes
    const root = make({ 'a.sh': 'exit 0' });
    const ends = async (line: string) => {
      const command = new CommandLine(root, [line]);
      const late = setTimeout(() => command.process.kill('SIGKILL'), 20_000);
      const { code, stderr } = await command.ended;
      clearTimeout(late);
      return [code, stderr];
    };
    await bulkhead(root, 'run');
    const [folder] = readdirSync(join(root, '.bulkhead/runs'));
    for (const name of ['journal.ndjson', 'owner', 'reserve.ndjson', '../../history.db']) {
      const path = join(root, '.bulkhead/runs', folder!, name);
      rmSync(path, { force: true });
      execFileSync('mkfifo', [path]);
    }
    assert.deepEqual(await ends('run'), [0, '']);
    assert.equal((await ends('history'))[0], 0);
  });

  it('answers from the journals while somebody holds the database', async () => {
    const root = make({ 'a.sh': 'exit 0' });
    await bulkhead(root, 'run');
    const holder = new DatabaseSync(join(root, '.bulkhead/history.db'));
    holder.exec('BEGIN IMMEDIATE');
    const { code, stdout, stderr } = await bulkhead(root, 'history');
    holder.close();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^warning: .* database of past runs .* journals are read instead/m);
    assert.match(stdout, / ended .* 1 test: 1 passed\n/);
  });

  it('answers from the journals when the database is gone or damaged, and says so', async () => {
    const root = make({ 'a.sh': 'exit 0' });
    await bulkhead(root, 'run');
    await bulkhead(root, 'history');
    writeFileSync(join(root, '.bulkhead/history.db'), 'rubbish'.repeat(5000));
    const { stdout, stderr } = await bulkhead(root, 'history');
    assert.match(stderr, /The database of past runs was damaged .* built again from the journals/);
    assert.match(stdout, /1 test: 1 passed/);
    for (const end of ['', '-wal', '-shm']) rmSync(join(root, `.bulkhead/history.db${end}`), { force: true });
    assert.match((await bulkhead(root, 'history')).stdout, /1 test: 1 passed/);
  });
});
