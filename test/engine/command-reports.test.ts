import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { utimesSync } from 'node:fs';
import type { Isolation } from '../../src/config/settings.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { marked } from './alive.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

describe('commands with a report, a list or a server', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  const mark = `bulkhead-test-${randomUUID()}`;
  const results = new Map<Isolation, RunResult>();
  const overrides = [{ files: ['**/hangs.sh'], timeout: 2500 }];

  before(async () => {
    workspace = TestWorkspace.ofFixture('command-reports');
    const long = new Date(Date.now() - 60_000);
    utimesSync(join(workspace.root, 'fixed/stale.sh.xml'), long, long);
    for (const isolation of ['test', 'file'] as const)
      results.set(
        isolation,
        await workspace.run({ isolation, overrides }, { kind: 'all' }, { ...process.env, MARK: mark }),
      );
  });
  after(() => workspace.remove());

  const told = (name: string, isolation: Isolation = 'test') =>
    results
      .get(isolation)!
      .records.filter(({ test }) => test.file.endsWith(`/${name}`))
      .map(({ test, verdict }) => [...test.titlePath.map(title => title.slice(0, 40)), verdict.kind].join(' › '));
  const find = (title: string): TestRecord =>
    results.get('test')!.records.find(({ test }) => test.titlePath.at(-1) === title)!;

  for (const isolation of ['test', 'file'] as const) {
    it(`have a test for each case of what a real reporter wrote, with a cage for each ${isolation}`, () => {
      assert.deepEqual(told('shop.cjs', isolation), [
        'shop.cjs › shop › sells › passed',
        'shop.cjs › shop › sells › passed',
        'shop.cjs › shop › costs <b>&amp; $x "quoted" ]]> 漢字 › passed',
        `shop.cjs › shop › ${'x'.repeat(40)} › passed`,
        'shop.cjs › shop › fails › failed',
        'shop.cjs › shop › is skipped › skipped',
        'shop.cjs › failed',
      ]);
    });

    it(`run each test of a list by itself, with a cage for each ${isolation}`, () => {
      assert.deepEqual(told('several.sh', isolation).sort(), [
        'fails › failed',
        'passes › passed',
        'same › passed',
        'same › passed',
        'with words; $(x) "q" ünï › passed',
      ]);
      assert.deepEqual(told('cannot.sh', isolation), ['error']);
      const { summary, records } = results.get(isolation)!;
      assert.equal(summary.planned, records.length);
    });

    it(`end a server with the test that started it, with a cage for each ${isolation}`, () => {
      assert.deepEqual(told('api.cjs', isolation), ['api.cjs › answers › passed', 'api.cjs › passed']);
      assert.deepEqual(marked(mark), []);
    });
  }

  it('have what the dialects of the report say', () => {
    assert.deepEqual(told('kinds.sh'), [
      'kinds.sh › sums.Add › adds › passed',
      'kinds.sh › sums.Add › fails › failed',
      'kinds.sh › sums.Add › breaks › failed',
      'kinds.sh › sums.Add › skipped › skipped',
      'kinds.sh › sums.Add › known bug › expected-failure',
      'kinds.sh › inner › nested › passed',
      'kinds.sh › failed',
    ]);
  });

  it('do not pass without a report of their own', () => {
    const endings = ['silent.sh', 'exits.sh', 'empty.sh', 'other.sh', 'code.sh', 'dies.sh', 'stale.sh', 'hangs.sh'];
    assert.deepEqual(
      endings.map(name => [name, find(name).verdict.kind, find(name).messages[0]?.text.split(':')[0] ?? '']),
      [
        ['silent.sh', 'failed', 'It wrote no report where ${report} says.'],
        ['exits.sh', 'exited-early', ''],
        ['empty.sh', 'skipped', ''],
        ['other.sh', 'failed', 'Its report cannot be read to its end'],
        ['code.sh', 'failed', 'No test in it failed, and it ended with code 3.'],
        ['dies.sh', 'crashed', ''],
        ['stale.sh', 'failed', 'It wrote no report'],
        ['hangs.sh', 'timed-out', ''],
      ],
    );
    assert.deepEqual(told('hangs.sh'), ['hangs.sh › timed-out']);
    assert.deepEqual(told('writes.sh'), ['writes.sh › s › fresh › passed', 'writes.sh › passed']);
    assert.deepEqual(told('cut-off.sh'), ['cut-off.sh › s › told › passed', 'cut-off.sh › failed']);
  });
});
