import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bringAddon } from '../../src/cages/bring-addon.ts';
import type { Diagnosis } from '../../src/protocol/diagnosis.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import { until } from '../keeper/living.ts';
import { Wine } from './wine.ts';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const cli = join(dist, 'cli.cjs');
const sleeper = 'setTimeout(() => {}, 300000) // bulkhead-sleeper';

const tests = `
const { spawn } = require('node:child_process');
const assert = require('node:assert');
const sleep = () => spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}], { detached: true, stdio: 'ignore' });
it('passes', () => {});
it('fails', () => assert.equal(1, 2));
it('exits', () => process.exit(0));
it('leaks', done => { const child = sleep(); child.unref(); child.once('spawn', () => done()); });
it('kills its launcher', () => { sleep(); process.kill(process.ppid); for (;;); });
it('hangs', () => { sleep(); for (;;); });
`;

interface Report {
  readonly tests: readonly {
    readonly titlePath: readonly string[];
    readonly verdict: Verdict;
    readonly attributes: readonly { readonly kind: string; readonly total?: number }[];
  }[];
}

/** Wine may close the pipe of an ended process later than a test's end waits for: that says nothing of Bulkhead. */
function attributeText({ kind, total }: { readonly kind: string; readonly total?: number }): string[] {
  return kind === 'leaked-pipe' ? [] : [total ? `${kind} ${total}` : kind];
}

// What Wine has of job objects is who is in them, and their end; it gives no caps, no peaks and no CPU time.
describe('on Windows, as far as Wine is one', function () {
  this.timeout(600_000);
  this.slow(60_000);
  let wine: Wine;
  let workspace: string;

  before(function () {
    try {
      wine = Wine.open();
    } catch (error) {
      const because = (error as Error).message;
      // Who asked for this layer by CI must hear that it was not run.
      if (process.env['CI']) throw error;
      console.log(`      skipped: ${because}`);
      return this.skip(); // for the reason just printed
    }
    bringAddon('win32-x64', join(dist, 'keeper/win32-x64'));
    mkdirSync(join(root, 'out/windows'), { recursive: true });
    // Below the repository, so that its own mocha is found.
    workspace = mkdtempSync(join(root, 'out/windows/workspace-'));
    mkdirSync(join(workspace, 'test'));
    writeFileSync(join(workspace, 'test/all.test.js'), tests);
    // A process is started in a moment on Windows, and in seconds under Wine on a busy machine.
    writeFileSync(join(workspace, '.mocharc.json'), '{ "timeout": 0 }');
    writeFileSync(join(workspace, 'package.json'), '{}');
    const config = { timeout: '15s', startup: '120s', teardown: '60s', jobs: 2 };
    writeFileSync(join(workspace, 'bulkhead.config.json'), JSON.stringify(config));
  });

  after(() => {
    wine?.close();
    if (workspace) rmSync(workspace, { recursive: true, force: true });
  });

  it('the doctor finds a job object that holds what is started in it, and claims nothing that it did not see', async () => {
    const { code, stdout, stderr } = await wine.start(cli, ['doctor', '--json'], workspace).ended;
    assert.equal(code, 0, stderr);
    const { machine, mechanisms, cage } = JSON.parse(stdout) as Diagnosis;
    assert.deepEqual([machine.platform, machine.keeper.state, cage?.mechanism], ['win32', 'works', 'job-object']);
    assert.deepEqual(mechanisms.map(({ outcome }) => outcome).slice(0, 2), ['works', 'fails']);
    assert.equal(cage?.properties.cleanup.level, 'enforced');
    // Wine 8 answers "done" to a cap, and then gives all that is asked for.
    assert.deepEqual([cage?.properties.memory.level, cage?.properties.processes.level], ['unavailable', 'unavailable']);
  });

  it('a run ends with the verdicts of other systems, and with nothing alive', async () => {
    const { code, stderr } = await wine.start(cli, ['run', '--output', 'report.json'], workspace).ended;
    assert.equal(code, 1, stderr);
    const report = JSON.parse(readFileSync(join(workspace, 'report.json'), 'utf8')) as Report;
    const verdicts: Readonly<Record<string, string>> = Object.fromEntries(
      report.tests.map(({ titlePath, verdict, attributes }) => [
        titlePath.at(-1) ?? '',
        [verdict.kind, ...attributes.flatMap(attributeText)].join(', '),
      ]),
    );
    assert.deepEqual(verdicts, {
      passes: 'passed',
      fails: 'failed',
      exits: 'exited-early',
      leaks: 'passed, leaked-processes 1',
      'kills its launcher': 'exited-early, leaked-processes 1',
      hangs: 'timed-out',
    });
    assert.deepEqual(wine.living('bulkhead-sleeper'), []);
  });

  for (const [who, word] of [
    ['client', 'cli.cjs'],
    ['warden', 'warden.cjs'],
  ] as const) {
    it(`a test does not outlive the SIGKILL of its ${who}`, async () => {
      const { ended } = wine.start(cli, ['run', 'test/all.test.js', '--timeout', '300s'], workspace);
      assert.ok(await until(() => wine.living('bulkhead-sleeper').length > 0, 300_000), 'no test started');
      for (const pid of wine.living(word)) process.kill(pid, 'SIGKILL');
      const empty = () =>
        ['bulkhead-sleeper', 'launcher.cjs', 'warden.cjs'].every(each => wine.living(each).length === 0);
      assert.ok(await until(empty, 30_000), `left: ${wine.living('.cjs').join()}`);
      await ended;
    });
  }
});
