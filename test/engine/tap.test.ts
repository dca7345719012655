import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import type { Selection } from '../../src/protocol/messages.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

describe('programs that print TAP', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  const results = new Map<Isolation, RunResult>();
  const overrides = [{ files: ['**/hangs.sh'], timeout: 3000 }];

  before(async () => {
    workspace = TestWorkspace.copyOf('tap-project');
    await Promise.all(
      (['test', 'file'] as const).map(async isolation =>
        results.set(isolation, await workspace.run({ isolation, overrides })),
      ),
    );
  });
  after(() => workspace.remove());

  const records = (isolation: Isolation = 'test') => results.get(isolation)!.records;
  const told = (name: string, isolation: Isolation = 'test') =>
    records(isolation)
      .filter(({ test }) => test.file.endsWith(`/${name}.sh`))
      .map(({ test, verdict }) => `${test.titlePath.slice(1).join(' › ')}: ${verdict.kind}`);
  const find = (title: string): TestRecord => records().find(({ test }) => test.titlePath.at(-1) === title)!;

  for (const isolation of ['test', 'file'] as const) {
    it(`have the verdict that prove gives each of them, with a cage for each ${isolation}`, () => {
      const files = records(isolation).filter(({ test }) => test.titlePath.length === 1);
      assert.equal(files.length, 17);
      for (const { test, verdict } of files.filter(({ test: { file } }) => !file.endsWith('hangs.sh'))) {
        const { status } = spawnSync('prove', ['--exec', 'sh', test.file], { encoding: 'utf8' });
        const good = ['passed', 'skipped'].includes(verdict.kind);
        assert.equal(good, status === 0, `${basename(test.file)} is ${verdict.kind}, and prove ends with ${status}`);
      }
    });

    it(`have a test for each of their points, with a cage for each ${isolation}`, () => {
      const { summary } = results.get(isolation)!;
      assert.equal(records(isolation).length, summary.planned);
      assert.deepEqual(told('passes', isolation), [
        'first: passed',
        'has no number: passed',
        'test 3: passed',
        ': passed',
      ]);
      assert.deepEqual(told('fails', isolation), [
        'fine: passed',
        'adds up: failed',
        'fine after that: passed',
        'told in comments: failed',
        ': failed',
      ]);
    });
  }

  it('tell what is wrong where they do', () => {
    const [sum] = find('adds up').messages;
    assert.deepEqual(
      [sum!.file, sum!.line, sum!.expected, sum!.actual, sum!.text.split('\n')[0]],
      [join(workspace.root, 't/sum.c'), 12, '4', '5', 'sums differ'],
    );
    const [words] = find('told in comments').messages;
    assert.deepEqual([words!.file, words!.line], [join(workspace.root, 't/words.t'), 7]);
  });

  it('may skip a test, or say that it is not written yet', () => {
    assert.deepEqual(told('directives'), [
      'not here: skipped',
      'to be done: expected-failure',
      'already done: unexpected-pass',
      'a hash # skip that is none: passed',
      'escaped \\ too: passed',
      ': passed',
    ]);
    assert.deepEqual(find('not here').verdict, { kind: 'skipped', reason: 'no such device' });
    assert.deepEqual(find('skipped.sh').verdict, { kind: 'skipped', reason: 'needs a printer' });
  });

  it('have sub-tests, as many in each other as they like', () => {
    assert.deepEqual(told('nested'), [
      'outer › inner › deep: passed',
      'outer › inner: passed',
      'outer › same: passed',
      'outer › same: passed',
      'outer: passed',
      'buffered › within: passed',
      'buffered: passed',
      'broken: failed',
      'broken › good: passed',
      'broken › bad: failed',
      ': failed',
    ]);
    assert.equal(told('deep').length, 52);
    assert.ok(told('deep').every(line => line.endsWith(': passed')));
  });

  it('are not believed when they say less or more than they planned', () => {
    const verdicts = ['too-few', 'too-many', 'twice', 'no-plan', 'nothing', 'fails-late', 'bails', 'dies'].map(name => {
      const { verdict, messages } = find(`${name}.sh`);
      return [name, verdict.kind, messages[0]?.text ?? ''];
    });
    assert.deepEqual(verdicts, [
      ['too-few', 'exited-early', ''],
      ['too-many', 'failed', 'It planned 1 tests and told of 2.'],
      ['twice', 'failed', 'Its output is not in order: test 1 is there twice.'],
      ['no-plan', 'failed', 'It printed no plan ("1..N"), so nobody knows whether tests are missing.'],
      ['nothing', 'failed', 'It printed no plan ("1..N"), so nobody knows whether tests are missing.'],
      ['fails-late', 'failed', 'No test in it failed, and it ended with code 3.'],
      ['bails', 'failed', 'Bail out! The server is gone.'],
      ['dies', 'crashed', ''],
    ]);
  });

  it('are ended at their limit with what they had told', () => {
    assert.deepEqual(told('hangs').sort(), [': timed-out', 'fails first: timed-out']);
    assert.match(find('fails first').why.join(), /said "failed"/);
  });

  it('run for one of their points when it is chosen, and tell of no other', async () => {
    const notices: never[] = [];
    const client = await workspace.warden(notices);
    const [project] = await workspace.projects(client);
    const file = join(workspace.root, 't/fails.sh');
    const run = (selection: Selection, id: string) => client.request('run', { run: id, selection, overrides: {} });
    await run({ kind: 'some', projects: [{ project: project!.id, files: [{ file }] }] }, 'first');
    const { tests } = await client.request('discover', { project: project!.id, file });
    const { key } = tests.find(({ titlePath }) => titlePath.at(-1) === 'adds up')!;
    const chosen = { kind: 'some', projects: [{ project: project!.id, files: [{ file, tests: [key] }] }] } as const;
    const summary = await run(chosen, 'second');
    assert.deepEqual([summary.planned, summary.counts], [1, { failed: 1 }]);
    await client.close();
  });
});
