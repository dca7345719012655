import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsLayer } from '../../src/config/settings.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

const MiB = 1024 ** 2;

describe('the verdict on a test that runs into a limit', () => {
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  async function verdicts(
    files: Readonly<Record<string, string>>,
    overrides: SettingsLayer,
    env = process.env,
  ): Promise<RunResult & { byFile: Record<string, Verdict> }> {
    workspace = new TestWorkspace(files);
    const command = [{ name: 'shell', files: '*.sh', command: ['sh', '${file}'] }];
    workspace.write('bulkhead.config.json', JSON.stringify({ grace: 0, frameworks: { mocha: false, command } }));
    const result = await workspace.run(overrides, { kind: 'all' }, env);
    const byFile = Object.fromEntries(
      result.records.map(({ test, verdict }) => [test.file.split('/').at(-1) ?? '', verdict]),
    );
    return { ...result, byFile };
  }

  it('names the limit, and only the test that reached it', async () => {
    const opener = `const o=[];for(;;)o.push(require("fs").openSync("/dev/null"))`;
    const { byFile } = await verdicts(
      {
        'files.sh': `exec "${process.execPath}" -e '${opener}'`,
        'large.sh': 'exec head -c 3000000 /dev/zero >large.bin',
        'spins.sh': 'while :; do :; done',
        'floods.sh': 'exec yes',
        'fine.sh': 'echo fine',
      },
      { openFiles: 64, fileSize: MiB, cpu: 1000, outputLimit: MiB },
    );
    assert.deepEqual(byFile, {
      'files.sh': { kind: 'limit-reached', limit: 'open-files', allowed: 64 },
      'large.sh': { kind: 'limit-reached', limit: 'file-size', allowed: MiB },
      'spins.sh': { kind: 'limit-reached', limit: 'cpu', allowed: 1000 },
      'floods.sh': { kind: 'limit-reached', limit: 'output', allowed: MiB },
      'fine.sh': { kind: 'passed' },
    });
  });

  it('calls a silent test silent, and a slow one that speaks fine', async () => {
    const { byFile } = await verdicts(
      { 'silent.sh': 'sleep 60', 'slow.sh': 'for i in 1 2 3 4 5 6; do sleep 0.4; echo $i; done' },
      { idle: 1500 },
    );
    assert.deepEqual(byFile, {
      'silent.sh': { kind: 'timed-out', limit: 'idle', limitMs: 1500 },
      'slow.sh': { kind: 'passed' },
    });
  });

  it('calls a full disk full where the cage can give it one of its own, and else says that it cannot', async () => {
    const { byFile, records, summary } = await verdicts(
      { 'full.sh': 'head -c 9000000 /dev/zero >"${TMPDIR:?}/file" || exit 1' },
      { disk: 4 * MiB },
    );
    const [lack] = records[0]?.attributes.filter(({ kind }) => kind === 'limit-not-enforced') ?? [];
    const told = summary.problems.filter(({ key }) => key === 'disk');
    // The workspace is in the temporary folder, so that there is something to tell in either case.
    assert.deepEqual([lack?.kind, told.length], ['limit-not-enforced', 1]);
    const partly = lack?.kind === 'limit-not-enforced' && lack.because.startsWith('only what is written below TMPDIR');
    const full: Verdict = { kind: 'limit-reached', limit: 'disk', allowed: 4 * MiB };
    assert.deepEqual(byFile['full.sh'], partly ? full : { kind: 'passed' });
  });

  it('lets tests write to the workspace without a trace, each for itself, where the cage can', async () => {
    const script = 'test ! -e mark.txt || exit 3; echo >mark.txt; echo changed >given.txt; rm gone.txt';
    const files = { 'a.sh': script, 'b.sh': script, 'given.txt': 'given', 'gone.txt': '' };
    const { byFile, records } = await verdicts(files, { workspaceWrites: 'discarded', jobs: 1 });
    const lacks = records.some(({ attributes }) => attributes.some(({ kind }) => kind === 'limit-not-enforced'));
    const left = readdirSync(workspace.root).filter(name => /txt$/.test(name));
    if (lacks) return assert.deepEqual(left.sort(), ['given.txt', 'mark.txt']);
    assert.deepEqual(byFile, { 'a.sh': { kind: 'passed' }, 'b.sh': { kind: 'passed' } });
    assert.deepEqual(left.sort(), ['given.txt', 'gone.txt']);
    assert.equal(readFileSync(join(workspace.root, 'given.txt'), 'utf8'), 'given');
  });

  it('tells once of a limit that the cage cannot hold, and with each test', async () => {
    const env = { ...process.env, BULKHEAD_FORBID: 'cgroup2,cgroup1,namespaces,subreaper,node-keeper' };
    const { records, summary } = await verdicts({ 'a.sh': 'true', 'b.sh': 'true' }, { network: 'off', cpu: 5000 }, env);
    const told = summary.problems.map(({ severity, key }) => `${severity} ${key}`);
    assert.deepEqual(told, ['warning network']);
    const [problem] = summary.problems;
    assert.match(
      problem?.message ?? '',
      /^The limit "network" is not enforced in this cage \(process group, .*\): it needs/,
    );
    assert.match(problem?.fix ?? '', /Run on Linux/);
    assert.equal(problem?.doctor, true);
    for (const { attributes } of records) {
      assert.deepEqual(
        attributes.map(each => (each.kind === 'limit-not-enforced' ? each.limit : each.kind)),
        ['network'],
      );
    }
  });

  it('ends a run at its time-out, and gives what has not begun a verdict too', async () => {
    const { byFile, records, summary } = await verdicts(
      { 'a.sh': 'sleep 60', 'b.sh': 'sleep 60', 'c.sh': 'sleep 60' },
      { runTimeout: 1500, jobs: 1 },
    );
    const over: Verdict = { kind: 'timed-out', limit: 'run', limitMs: 1500 };
    assert.deepEqual(byFile, { 'a.sh': over, 'b.sh': over, 'c.sh': over });
    assert.equal(records.filter(({ startedAt }) => startedAt !== null).length, 1);
    assert.ok(summary.durationMs < 10_000, `${summary.durationMs} ms`);
    assert.deepEqual(
      summary.problems.map(({ severity, key }) => `${severity} ${key}`),
      ['error runTimeout'],
    );
  });

  it('ends a run at its time-out that has not come to its tests yet', async () => {
    workspace = new TestWorkspace({ 'cases.sh': 'sleep 50; echo one' });
    const command = [{ name: 'cases', files: '*.sh', list: ['sh', '${file}'], command: ['sh', '${file}', '${test}'] }];
    workspace.write('bulkhead.config.json', JSON.stringify({ grace: 0, frameworks: { mocha: false, command } }));
    const { records, summary } = await workspace.run({ runTimeout: 1500 });
    const over: Verdict = { kind: 'timed-out', limit: 'run', limitMs: 1500 };
    assert.deepEqual([records.map(({ verdict }) => verdict), summary.planned], [[over], 1]);
    assert.ok(summary.durationMs < 30_000, `${summary.durationMs} ms`);
  });

  it('is known through mocha too', async () => {
    workspace = new TestWorkspace({
      '.mocharc.json': '{ "spec": "test/*.js" }',
      'test/limits.js': `
        const fs = require('fs');
        it('opens', () => { for (const open = []; ; ) open.push(fs.openSync('/dev/null')); });
        it('recurses', function again() { again(); });
        it('is fine', () => {});`,
    });
    workspace.linkFrameworks();
    const { records } = await workspace.run({ openFiles: 100 });
    assert.deepEqual(
      records
        .map(({ test, verdict }) => [
          test.titlePath.at(-1),
          verdict.kind === 'limit-reached' ? verdict.limit : verdict.kind,
        ])
        .sort(),
      [
        ['is fine', 'passed'],
        ['opens', 'open-files'],
        ['recurses', 'failed'],
      ],
    );
  });
});
