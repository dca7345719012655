import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { TestRecord, Verdict } from '../../src/protocol/verdict.ts';
import { marked, until } from './alive.ts';
import { lacking, openMarked, runAll } from './marked-session.ts';
import { TestWorkspace } from './workspace.ts';

const MiB = 1024 ** 2;
const example = resolve(import.meta.dirname, '../../examples/destructive');
const families = ['memory', 'disk', 'stack', 'descriptors'] as const;
type Family = (typeof families)[number];

const compiler = spawnSync('cc', ['--version']).status === 0;

/** What each family ends in. V8 has a limit of its own on recursion, which comes before the kernel's. */
const expected: Readonly<Record<Family, Verdict | { readonly kind: 'out-of-memory' }>> = {
  memory: { kind: 'out-of-memory' },
  disk: { kind: 'limit-reached', limit: 'disk', allowed: 100 * MiB },
  stack: { kind: 'crashed', signal: 'SIGSEGV' },
  descriptors: { kind: 'limit-reached', limit: 'open-files', allowed: 256 },
};

describe('destructive tests', () => {
  let workspace: TestWorkspace;
  let mark: string;
  beforeEach(() => (mark = `bulkhead-test-${randomUUID()}`));
  afterEach(async () => {
    // A test that is skipped has none.
    await workspace?.remove();
    assert.deepEqual(marked(mark), [], 'nothing may be left alive');
  });

  function ofExample(): void {
    workspace = new TestWorkspace({});
    cpSync(example, workspace.root, { recursive: true });
  }

  const open = (env?: NodeJS.ProcessEnv) => openMarked(workspace, mark, env);

  it('of the example end in the verdict of their family, and leave the machine as it was', async function () {
    if (lacking) {
      this.test!.title += ` [skipped: ${lacking}]`;
      return this.skip();
    }
    ofExample();
    const session = await open();
    const { pid } = await session.client.request('status', {});
    // What a first run loads and opens once, the database of past runs among it, is no leak.
    await workspace.projects(session.client);
    await session.client.request('history', {});
    const before = machine(workspace.root, pid);
    const { records } = await runAll(session, { 'destructive.allow': true });

    assert.deepEqual(
      Object.fromEntries(
        families.map(family => [family, records.filter(record => familyOf(record) === family).length]),
      ),
      { memory: 7, disk: 6, stack: 6, descriptors: 6 },
    );
    for (const { test, verdict, messages, output } of records) {
      const name = `${basename(dirname(test.file))}/${basename(test.file)}`;
      if (!compiler && name.endsWith('.c')) assert.equal(verdict.kind, 'skipped', name);
      else if (name === 'stack/recursion.js') {
        assert.equal(verdict.kind, 'failed', `${name}: ${JSON.stringify({ verdict, messages })}`);
        assert.match(output.text, /RangeError: Maximum call stack size exceeded/);
      } else {
        const wanted = expected[familyOf({ test })];
        const got = verdict.kind === 'out-of-memory' ? { kind: verdict.kind } : plain(verdict);
        assert.deepEqual(got, wanted, `${name}: ${JSON.stringify({ messages, output })}`);
        if (verdict.kind === 'out-of-memory') assert.match(verdict.cause, /^kernel/, name);
      }
    }
    for (const { usage, limits } of records) {
      assert.ok((usage.peakMemoryBytes ?? Infinity) <= (limits.memoryBytes ?? 0), JSON.stringify(usage));
    }

    // Others use this machine too, so that it is given time to be as free as it was.
    let missing: string[] = [];
    const restored = () => {
      const after = machine(workspace.root, pid);
      missing = [
        ...(after.memory > before.memory - 400 * MiB ? [] : ['memory']),
        ...(after.temporary > before.temporary - 64 * MiB ? [] : ['space in the temporary folder']),
        ...(after.workspace > before.workspace - 64 * MiB ? [] : ['space in the workspace']),
        ...(after.files < before.files + 1000 ? [] : ['open files']),
        ...(after.descriptors <= before.descriptors + 3 ? [] : ['descriptors of the warden']),
      ];
      return missing.length === 0;
    };
    await until('the machine has back what the tests took', restored, 30_000).catch((error: Error) => {
      throw new Error(`${error.message}; it lacks ${missing.join(', ')}`);
    });
    assert.deepEqual(machine(workspace.root, pid).left, before.left, 'nothing is left in the temporary folder');
    assert.deepEqual(
      marked(mark).filter(each => each.pid !== pid),
      [],
      'no process is left',
    );
  });

  it('are all refused while nobody has allowed them, and nothing of them is started', async () => {
    ofExample();
    const session = await open();
    const { records, summary } = await runAll(session, {});
    assert.equal(records.length, 25);
    for (const { verdict, startedAt, messages } of records) {
      assert.equal(verdict.kind === 'error' && verdict.phase, 'refused');
      assert.equal(startedAt, null);
      assert.match(messages[0]?.text ?? '', /nobody has allowed such tests for this workspace/);
      assert.match(messages[0]?.text ?? '', /--allow-destructive or BULKHEAD_ALLOW_DESTRUCTIVE=1/);
      assert.ok(messages[0]?.text.includes(JSON.stringify(workspace.root)), 'says what to add to the settings');
    }
    assert.deepEqual(summary.counts, { error: 25 });
    const { metrics } = await session.client.request('status', {});
    assert.deepEqual([metrics['units'], metrics['cagesOpened']], [0, 0]);
  });

  it('are not even listed without leave, for that would load them; the project cannot give it', async () => {
    const witness = `require('child_process').execSync('ulimit -s >>witness', { cwd: __dirname });`;
    workspace = new TestWorkspace({
      '.mocharc.json': '{ "spec": "test/*.js" }',
      'test/hog.js': `${witness} it('hogs', () => {});`,
      'test/tame.js': `it('is tame', () => {});`,
      'bulkhead.config.json': JSON.stringify({
        destructive: [{ files: 'test/hog.js', preset: 'stack-overflow' }],
        'destructive.allow': true,
        allowDestructive: true,
      }),
    });
    workspace.linkFrameworks();
    const session = await open();
    const [project] = await workspace.projects(session.client);
    const file = join(workspace.root, 'test/hog.js');
    const { tests, problem } = await session.client.request('discover', { project: project!.id, file });
    assert.deepEqual([tests, problem?.severity, problem?.key], [[], 'error', 'destructive']);
    const { records } = await runAll(session, {});
    const verdicts = records.map(({ test, verdict }) => [
      basename(test.file),
      verdict.kind === 'error' ? verdict.phase : verdict.kind,
    ]);
    assert.deepEqual(verdicts.sort(), [
      ['hog.js', 'refused'],
      ['tame.js', 'passed'],
    ]);
    assert.equal(existsSync(join(workspace.root, 'test/witness')), false, 'it was never loaded');

    const allowed = await runAll({ ...session, notices: session.notices }, { 'destructive.allow': true });
    const last = allowed.records.slice(records.length);
    assert.deepEqual(
      last.map(({ verdict, limits }) => [verdict.kind, limits.stackBytes]).sort(),
      [
        ['passed', MiB],
        ['passed', null],
      ].sort(),
    );
    const loaded = readFileSync(join(workspace.root, 'test/witness'), 'utf8');
    assert.equal(loaded, '1024\n1024\n', 'held back while it is listed and while it is run');
  });

  it('are refused where the cage lacks what their preset needs, which is named', async () => {
    ofExample();
    const session = await open({ BULKHEAD_FORBID: 'cgroup2,cgroup1' });
    const { records } = await runAll(session, { 'destructive.allow': true });
    const memory = records.filter(record => familyOf(record) === 'memory');
    assert.equal(memory.length, 7);
    for (const { verdict, messages } of memory) {
      assert.equal(verdict.kind === 'error' && verdict.phase, 'refused');
      const [{ text } = { text: '' }] = messages;
      assert.match(text, /\("oom"\).*does not enforce the limit "memory" in this cage \(.*\): it is only watched/);
      // What would give one is the machine's, and said on a line of its own.
      assert.match(text, /\n.*(control group|version 2|systemd-run|--privileged)/);
      assert.doesNotMatch(text, /nobody has allowed/);
    }
    // A stack is limited in every cage of Linux.
    for (const { verdict } of records.filter(
      record => familyOf(record) === 'stack' && !record.test.file.endsWith('.c'),
    )) {
      assert.notEqual(verdict.kind, 'error');
    }
  });
});

function familyOf({ test }: Pick<TestRecord, 'test'>): Family {
  return families.find(family => family === basename(dirname(test.file)))!;
}

/** A shell between the test and its death says the same of it. */
function plain(verdict: Verdict): Verdict {
  return verdict.kind === 'crashed' ? { kind: 'crashed', signal: verdict.signal } : verdict;
}

function machine(folder: string, warden: number) {
  const free = (path: string) => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  return {
    memory: freemem(),
    temporary: free(tmpdir()),
    workspace: free(folder),
    files: Number(readFileSync('/proc/sys/fs/file-nr', 'utf8').split('\t')[0]),
    descriptors: readdirSync(`/proc/${warden}/fd`).length,
    left: readdirSync(tmpdir()).filter(name => name.startsWith('destructive')),
  };
}
