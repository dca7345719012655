import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

/** What prove itself says of a file: how many test points it saw, how many of them failed or are missing, and how it ends. */
function proveByItself(workspace: string, file: string) {
  const root = file.includes('/inner/') ? join(workspace, 'packages/inner') : workspace;
  const { stdout, status } = spawnSync('prove', ['-l', relative(root, file)], { cwd: root, encoding: 'utf8' });
  const [, tests = '0'] = /^Files=1, Tests=(\d+),/m.exec(stdout) ?? [];
  const [, failed = '0'] = /^Failed (\d+)\/\d+ subtests/m.exec(stdout) ?? [];
  return { tests: Number(tests), failed: Number(failed), good: status === 0 };
}

describe('files t/*.t, with nothing said of them', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  const results = new Map<Isolation, RunResult>();
  const native = new Map<string, ReturnType<typeof proveByItself>>();
  const overrides = [{ files: ['**/hangs.t'], timeout: 4000 }];

  before(async () => {
    workspace = TestWorkspace.copyOf('prove-project');
    await Promise.all(
      (['test', 'file'] as const).map(async isolation =>
        results.set(isolation, await workspace.run({ isolation, overrides })),
      ),
    );
  });
  after(() => workspace.remove());

  const of = (name: string, isolation: Isolation = 'test') =>
    results.get(isolation)!.records.filter(({ test }) => test.file.endsWith(`/${name}.t`));
  const told = (name: string, isolation: Isolation = 'test') =>
    of(name, isolation).map(({ test, verdict }) => `${test.titlePath.slice(1).join(' › ')}: ${verdict.kind}`);
  const whole = (name: string) => of(name).find(({ test }) => test.titlePath.length === 1)!;

  for (const isolation of ['test', 'file'] as const) {
    it(`have the counts and the verdicts of prove, with a cage for each ${isolation}`, () => {
      const files = results.get(isolation)!.records.filter(({ test }) => test.titlePath.length === 1);
      assert.equal(files.length, 15);
      for (const { test, verdict } of files.filter(({ test: { file } }) => !file.endsWith('hangs.t'))) {
        const own = native.get(test.file) ?? proveByItself(workspace.root, test.file);
        native.set(test.file, own);
        const points = results
          .get(isolation)!
          .records.filter(each => each.test.file === test.file && each.test.titlePath.length === 2);
        const failed = points.filter(each => each.verdict.kind === 'failed');
        const missing = ['exits', 'dies', 'syntax'].some(name => test.file.endsWith(`/${name}.t`)) ? 1 : 0;
        assert.deepEqual(
          [points.length, failed.length + missing, ['passed', 'skipped'].includes(verdict.kind)],
          [own.tests, own.failed, own.good],
          `${test.file} is ${verdict.kind}`,
        );
      }
    });

    it(`that hang, exit or cannot be read are told as such, with a cage for each ${isolation}`, () => {
      const verdicts = ['hangs', 'exits', 'leaves', 'dies', 'syntax', 'nothing'].map(name => [
        name,
        told(name, isolation).filter(line => line.startsWith(': ')),
      ]);
      assert.deepEqual(verdicts, [
        ['hangs', [': timed-out']],
        ['exits', [': exited-early']],
        ['leaves', [': failed']],
        ['dies', [': exited-early']],
        ['syntax', [': exited-early']],
        ['nothing', [': failed']],
      ]);
    });
  }

  it('say what Test::More says of a failure, where it says it', () => {
    const [, sum] = of('shop').filter(({ test }) => test.titlePath.length === 2);
    assert.equal(sum!.verdict.kind, 'failed');
    const [message, ...more] = sum!.messages;
    assert.deepEqual(
      [message!.file, message!.line, message!.expected, message!.actual, more.length],
      [join(workspace.root, 't/shop.t'), 7, '5', '4', 0],
    );
    const unnamed = of('shop').find(({ test }) => test.titlePath[1] === 'test 5')!;
    assert.deepEqual([unnamed.messages.length, unnamed.messages[0]!.line], [1, 10]);
    const inner = of('nested').find(({ test }) => test.titlePath.at(-1) === 'wrong')!;
    assert.deepEqual([inner.messages[0]!.line, inner.messages[0]!.expected], [4, 'b']);
    const silent = of('shell').find(({ test }) => test.titlePath[1] === 'without a word')!;
    assert.deepEqual(
      silent.messages.map(({ text }) => text),
      ['not ok: without a word'],
    );
  });

  it('may have sub-tests, marks, any titles and a switch for perl', () => {
    assert.equal(told('nested').length, 57);
    assert.equal(of('nested').find(({ test }) => test.titlePath.length === 52)?.verdict.kind, 'passed');
    assert.deepEqual(told('marks').sort(), [
      ': passed',
      'done: passed',
      'test 1: skipped',
      'to be done: expected-failure',
    ]);
    assert.deepEqual(whole('nowhere').verdict, { kind: 'skipped', reason: 'needs a printer' });
    const titles = of('odd').flatMap(({ test }) => test.titlePath.slice(1));
    assert.ok(
      titles.some(title => title.startsWith('x'.repeat(50_000))),
      'of a megabyte, as much as is read of a line',
    );
    assert.ok(titles.some(title => title.startsWith(`'"$\`;|&<>*?[]{}()`)));
    assert.equal(whole('taint').verdict.kind, 'passed');
  });
});

describe('files t/*.t that a command of the configuration runs', () => {
  it('are run by that alone, and the others as ever', async () => {
    const entry = {
      name: 'own',
      files: 't/own.t',
      command: ['sh', '-c', 'echo ok 1 - own; echo 1..1'],
      verdict: 'tap',
    };
    const workspace = new TestWorkspace({
      'bulkhead.config.json': JSON.stringify({ frameworks: { command: [entry] } }),
      't/own.t': 'die "not by perl";\n',
      't/other.t': 'print "1..1\\nok 1 - other\\n";\n',
    });
    try {
      const { verdicts } = await workspace.run();
      assert.deepEqual(verdicts, { 'own.t': 'passed', own: 'passed', 'other.t': 'passed', other: 'passed' });
    } finally {
      await workspace.remove();
    }
  });
});
