import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { WardenClient } from '../../src/client/client.ts';
import type { SettingsLayer } from '../../src/config/settings.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import type { TestRecord, Verdict } from '../../src/protocol/verdict.ts';
import { marked, until } from './alive.ts';
import { bulkhead } from './command-line.ts';
import { mechanismsHere } from './mechanisms.ts';
import { TestWorkspace } from './workspace.ts';

const MiB = 1024 ** 2;
const example = resolve(import.meta.dirname, '../../examples/destructive');
const families = ['memory', 'disk', 'stack', 'descriptors'] as const;
type Family = (typeof families)[number];

const { here } = await mechanismsHere();
const holdsAll = here.some(({ name }) => /^cgroup[12]$/.test(name)) && here.some(({ name }) => name === 'namespaces');
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
    await workspace.remove();
    assert.deepEqual(marked(mark), [], 'nothing may be left alive');
  });

  function ofExample(): void {
    workspace = new TestWorkspace({});
    cpSync(example, workspace.root, { recursive: true });
  }

  async function open(env: NodeJS.ProcessEnv = {}): Promise<{ client: WardenClient; notices: Notice[] }> {
    const notices: Notice[] = [];
    return { client: await workspace.warden(notices, { env: { ...process.env, MARK: mark, ...env } }), notices };
  }

  async function run({ client, notices }: Awaited<ReturnType<typeof open>>, overrides: SettingsLayer) {
    const summary = await client.request('run', { run: randomUUID(), selection: { kind: 'all' }, overrides });
    const records = notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
    return { summary, records };
  }

  it('of the example end in the verdict of their family, and leave the machine as it was', async function () {
    if (!holdsAll) {
      this.test!.title += ' [skipped: no cage of this machine holds every limit that the presets need]';
      return this.skip();
    }
    ofExample();
    const session = await open();
    const { pid } = await session.client.request('status', {});
    // What a first run loads and opens once, the database of past runs among it, is no leak.
    await workspace.projects(session.client);
    await session.client.request('history', {});
    const before = machine(workspace.root, pid);
    const { records } = await run(session, { 'destructive.allow': true });

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
    const { records, summary } = await run(session, {});
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
    const { records } = await run(session, {});
    const verdicts = records.map(({ test, verdict }) => [
      basename(test.file),
      verdict.kind === 'error' ? verdict.phase : verdict.kind,
    ]);
    assert.deepEqual(verdicts.sort(), [
      ['hog.js', 'refused'],
      ['tame.js', 'passed'],
    ]);
    assert.equal(existsSync(join(workspace.root, 'test/witness')), false, 'it was never loaded');

    const allowed = await run({ ...session, notices: session.notices }, { 'destructive.allow': true });
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
    const { records } = await run(session, { 'destructive.allow': true });
    const memory = records.filter(record => familyOf(record) === 'memory');
    assert.equal(memory.length, 7);
    for (const { verdict, messages } of memory) {
      assert.equal(verdict.kind === 'error' && verdict.phase, 'refused');
      const [{ text } = { text: '' }] = messages;
      assert.match(text, /\("oom"\).*does not enforce the limit "memory" in this cage \(.*\): it is only watched/);
      assert.match(text, /control group/);
      assert.doesNotMatch(text, /nobody has allowed/);
    }
    // A stack is limited in every cage of Linux.
    for (const { verdict } of records.filter(
      record => familyOf(record) === 'stack' && !record.test.file.endsWith('.c'),
    )) {
      assert.notEqual(verdict.kind, 'error');
    }
  });

  /** Two tame tests and a wild one, which says in its own name what it does. */
  function ofTags(isolation: 'test' | 'file', destructive: readonly object[]): void {
    const source = `
      const { appendFileSync } = require('node:fs');
      const { spawnSync } = require('node:child_process');
      const ran = () => appendFileSync(require('node:path').join(__dirname, 'witness'), 'x');
      describe('a mixed file', () => {
        it('is tame', ran);
        describe('@deep', () => {
          it('overflows its stack', () => {
            ran();
            console.log('stack', String(spawnSync('sh', ['-c', 'ulimit -s']).stdout));
          });
        });
        it('is tame too, and slow @slow', ran);
      });`;
    workspace = new TestWorkspace({ 'test/mixed.test.js': source, 'package.json': '{}', '.mocharc.json': '{}' });
    workspace.linkFrameworks();
    const config = { isolation, timeout: '20s', destructive, overrides: [{ tests: '@slow', timeout: '40s' }] };
    workspace.write('bulkhead.config.json', JSON.stringify(config));
  }

  for (const isolation of ['test', 'file'] as const) {
    it(`that are told by a tag are refused one by one, beside others of their file (a cage for each ${isolation})`, async () => {
      ofTags(isolation, [{ tags: ['@deep'], preset: 'stack-overflow' }]);
      const { records } = await run(await open(), {});
      const verdicts = Object.fromEntries(
        records.map(({ test, verdict }) => [test.titlePath.at(-1) ?? '', verdict.kind]),
      );
      assert.deepEqual(verdicts, {
        'is tame': 'passed',
        'overflows its stack': 'error',
        'is tame too, and slow @slow': 'passed',
      });
      const refused = records.find(({ verdict }) => verdict.kind === 'error')!;
      assert.match(refused.messages[0]?.text ?? '', /^Refused: this test is destructive \("stack-overflow"\)/);
      assert.equal(readFileSync(join(workspace.root, 'test/witness'), 'utf8'), 'xx', 'the wild one did not run');
    });

    it(`that are told by a tag have its limits, and their neighbours their own (a cage for each ${isolation})`, async () => {
      ofTags(isolation, [{ tags: ['@deep'], preset: 'stack-overflow' }]);
      const { records } = await run(await open(), { 'destructive.allow': true });
      assert.deepEqual(
        records.map(({ verdict }) => verdict.kind),
        ['passed', 'passed', 'passed'],
      );
      const limitsOf = (title: string) => records.find(({ test }) => test.titlePath.at(-1) === title)!.limits;
      const wild = records.find(({ test }) => test.titlePath.includes('@deep'))!;
      assert.equal(wild.limits.stackBytes, MiB);
      assert.match(wild.output.text, /stack 1024/);
      assert.deepEqual(
        [limitsOf('is tame').stackBytes, limitsOf('is tame too, and slow @slow').timeoutMs],
        [null, 40_000],
      );
    });
  }

  it('may not have a needed limit taken off for their file', async () => {
    workspace = new TestWorkspace({ 'deep.sh': 'touch witness' });
    const destructive = [{ files: '*.sh', preset: 'stack-overflow' }];
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    const config = {
      destructive,
      overrides: [{ files: '*.sh', stack: 'none' }],
      frameworks: { mocha: false, command },
    };
    workspace.write('bulkhead.config.json', JSON.stringify(config));
    const { records } = await run(await open(), { 'destructive.allow': true });
    assert.match(records[0]?.messages[0]?.text ?? '', /its limit "stack" is set to "none"/);
    assert.equal(existsSync(join(workspace.root, 'witness')), false);
  });

  it('that fork or spin without an end reach their own limit', async function () {
    if (!holdsAll) {
      this.test!.title += ' [skipped: no cage of this machine holds every limit that the presets need]';
      return this.skip();
    }
    workspace = new TestWorkspace({
      'fork.sh': 'for i in $(seq 300); do sleep 5 & done; wait',
      'spin.sh': 'while :; do :; done',
    });
    const destructive = [
      { files: 'fork.sh', preset: 'fork-bomb' },
      { files: 'spin.sh', preset: 'cpu' },
    ];
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    workspace.write('bulkhead.config.json', JSON.stringify({ destructive, frameworks: { mocha: false, command } }));
    const { records } = await run(await open(), { 'destructive.allow': true });
    assert.deepEqual(Object.fromEntries(records.map(({ test, verdict }) => [basename(test.file), verdict])), {
      'fork.sh': { kind: 'limit-reached', limit: 'processes', allowed: 100 },
      'spin.sh': { kind: 'limit-reached', limit: 'cpu', allowed: 1000 },
    });
  });

  it('are allowed in the terminal by a flag or a variable', async () => {
    workspace = new TestWorkspace({ 'deep.sh': 'ulimit -s' });
    const destructive = [{ files: '*.sh', preset: 'stack-overflow' }];
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    workspace.write('bulkhead.config.json', JSON.stringify({ destructive, frameworks: { mocha: false, command } }));
    const refused = await bulkhead(workspace.root, 'run', { MARK: mark });
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /Error before anything was started: Refused: this file is destructive/);
    assert.equal((await bulkhead(workspace.root, 'run --allow-destructive', { MARK: mark })).code, 0);
    assert.equal((await bulkhead(workspace.root, 'run', { MARK: mark, BULKHEAD_ALLOW_DESTRUCTIVE: '1' })).code, 0);
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
