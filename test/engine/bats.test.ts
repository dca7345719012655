import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import { batsLines, batsOf } from '../unit/frameworks/bats/versions.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

/** What bats itself says of each test of a file, in the words of verdicts. */
function batsByItself(root: string, file: string, program = 'bats'): string[] {
  const { stdout } = spawnSync(program, ['--tap', join(root, file)], { cwd: root, encoding: 'utf8' });
  const lines = stdout.split('\n').filter(line => /^(not )?ok/.test(line));
  return lines.map(line => (/# skip( not on|$)/.test(line) ? 'skipped' : line.startsWith('not') ? 'failed' : 'passed'));
}

describe('bats tests', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  const results = new Map<Isolation, RunResult>();

  const overrides = [{ files: ['**/hangs.bats'], startup: 4000 }];

  before(async () => {
    workspace = TestWorkspace.copyOf('bats-project');
    await Promise.all(
      (['test', 'file'] as const).map(async isolation =>
        results.set(isolation, await workspace.run({ isolation, overrides })),
      ),
    );
  });
  after(() => workspace.remove());

  const of = (isolation: Isolation, file: string) =>
    results
      .get(isolation)!
      .records.filter(({ test }) => test.file.endsWith(`/${file}`))
      .sort((one, other) => (one.test.line ?? 0) - (other.test.line ?? 0));

  for (const isolation of ['test', 'file'] as const) {
    it(`have the verdicts of bats, with a cage for each ${isolation}`, () => {
      const native = batsByItself(workspace.root, 'test/shop.bats');
      assert.equal(native.length, 15, 'bats itself must have run');
      const own = of(isolation, 'shop.bats').map(({ test, verdict }) => [test.titlePath[0], verdict.kind]);
      assert.deepEqual(
        own,
        native.map((word, index) => [own[index]?.[0], word]),
      );
    });

    it(`that write results of their own are found out, with a cage for each ${isolation}`, () => {
      const records = of(isolation, 'forged.bats');
      assert.deepEqual(
        records.map(({ test, verdict }) => [test.titlePath[0], verdict.kind]),
        [
          ['innocent before', 'passed'],
          ['forges the result of another', 'error'],
          ['innocent after', 'passed'],
          ['forges and fails', 'failed'],
        ],
      );
      assert.match(JSON.stringify(records[1]!.messages), /Executed \d+ instead of expected \d+ tests/);
    });

    it(`are told of what went wrong around them, with a cage for each ${isolation}`, () => {
      const told = ['duplicate', 'syntax', 'exits', 'setup-file', 'teardown-file'].map(name =>
        of(isolation, `${name}.bats`).map(({ verdict }) => [
          verdict.kind,
          'phase' in verdict ? verdict.phase : '',
          'message' in verdict ? /Duplicate test name|syntax error|setup_file|teardown_file/.test(verdict.message) : '',
        ]),
      );
      assert.deepEqual(told, [
        [
          ['error', 'load', true],
          ['error', 'load', true],
        ],
        [
          ['error', 'hook', true],
          ['error', 'hook', true],
        ],
        [
          ['error', 'hook', true],
          ['error', 'hook', true],
        ],
        [['error', 'hook', true]],
        [['error', 'teardown', true]],
      ]);
    });
  }

  it('that never begin are ended at the limit of the start', () => {
    const [{ verdict } = of('test', 'hangs.bats')[0]!] = of('file', 'hangs.bats');
    assert.deepEqual(verdict, { kind: 'timed-out', limit: 'start-up', limitMs: 4000 });
  });

  it('say where they failed, in the test and not in what it called', () => {
    const [, plain, inside] = of('test', 'shop.bats');
    const file = join(workspace.root, 'test/shop.bats');
    assert.deepEqual([plain!.messages[0]?.file, plain!.messages[0]?.line], [file, 13]);
    assert.match(plain!.messages[0]!.text, /some output\nok 7 forged/);
    assert.deepEqual([inside!.messages[0]?.file, inside!.messages[0]?.line], [file, 17]);
    assert.match(inside!.messages[0]!.text, /from the helper/);
  });

  it('are skipped with their reason', () => {
    const reasons = of('file', 'shop.bats').flatMap(({ verdict }) =>
      verdict.kind === 'skipped' ? [verdict.reason] : [],
    );
    assert.deepEqual(reasons, ['not on this machine', undefined]);
  });

  it('of the libraries beside them are not run, and an empty file has none', () => {
    const files = new Set(results.get('test')!.records.map(({ test }) => test.file));
    assert.deepEqual(
      [...files].filter(file => /own\.bats|empty\.bats/.test(file)),
      [],
    );
  });
});

describe('bats as a submodule of a project', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  const program = ['#!/bin/sh', 'SUBMODULE=yes exec bats "$@"', ''].join('\n');

  before(() => {
    workspace = new TestWorkspace({
      'test/mine.bats': '@test "runs in the submodule" {\n  [ "$SUBMODULE" = yes ]\n}\n',
      'test/bats/libexec/bats-core/bats': '',
      'test/bats/bin/bats': program,
      'test/bats/test/fixtures/fails.bats': '@test "of bats itself, fails on purpose" {\n  false\n}\n',
    });
    chmodSync(join(workspace.root, 'test/bats/bin/bats'), 0o755);
  });
  after(() => workspace.remove());

  const verdicts = async () => {
    const { records } = await workspace.run({});
    return records.map(({ test, verdict }) => [test.titlePath[0], verdict.kind]);
  };

  it('runs the tests of the project, and none of its own', async () => {
    assert.deepEqual(await verdicts(), [['runs in the submodule', 'passed']]);
  });

  it('does so too where it is named, from the workspace folder like every program', async () => {
    const bats = { folders: ['test'], bats: 'test/bats/bin/bats' };
    workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { bats } }));
    assert.deepEqual(await verdicts(), [['runs in the submodule', 'passed']]);
  });
});

describe('bats tests in other versions of bats', function () {
  this.timeout(240_000);

  for (const line of batsLines) {
    it(`have the verdicts of ${line} itself`, async () => {
      const program = await batsOf(line);
      const workspace = TestWorkspace.copyOf('bats-project');
      try {
        for (const name of ['hangs', 'forged', 'duplicate', 'exits', 'teardown-file'])
          rmSync(join(workspace.root, 'test', `${name}.bats`));
        workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { bats: { bats: program } } }));
        const { records, summary } = await workspace.run({ isolation: 'file' });
        const native = batsByItself(workspace.root, 'test/shop.bats', program);
        assert.equal(native.length, 15, 'bats itself must have run');
        const own = records
          .filter(({ test }) => test.file.endsWith('/shop.bats'))
          .sort((one, other) => one.test.line! - other.test.line!);
        assert.deepEqual(
          own.map(({ verdict }) => verdict.kind),
          native,
          JSON.stringify(own.map(({ test, verdict, messages }) => [test.titlePath, verdict, messages])),
        );
        const others = records.filter(({ test }) => !test.file.endsWith('/shop.bats'));
        assert.ok(
          others.every(({ verdict }) => verdict.kind === 'error'),
          'what is wrong around tests is an error',
        );
        assert.equal(summary.planned, records.length);
      } finally {
        await workspace.remove();
      }
    });
  }
});
