import assert from 'node:assert/strict';
import { prepareImage } from './boot.ts';
import { runSuiteInside, type SuiteReport } from './suite.ts';

/** What holds cgroup v2 cages on each kind, for an ordinary user. */
const kinds = [
  { kind: 'bare', through: '', what: 'a subtree that belongs to the user' },
  {
    kind: 'systemd',
    through: 'systemd-run --user --scope --quiet -p Delegate=yes',
    what: 'a delegated scope of the user’s systemd',
  },
] as const;

describe('cgroup v2 cages on a real kernel', function () {
  this.timeout(600_000);
  before(async function () {
    this.timeout(900_000);
    await prepareImage();
  });

  for (const { kind, through, what } of kinds) {
    describe(`in ${what} (${kind})`, () => {
      let report: SuiteReport;
      before(async () => {
        report = await runSuiteInside({
          kind,
          through,
          specs: ['test/engine/caged-process.test.ts'],
          mochaArguments: ['--timeout', '60000', '--grep', '(cgroup2)'],
          timeoutMs: 300_000,
        });
      });

      it('pass every scenario of the engine’s suite, none left out', () => {
        const failures = report.failures.map(test => `${test.fullTitle}: ${test.err.message}`);
        assert.deepEqual([failures, report.pending.map(test => test.fullTitle)], [[], []]);
        assert.ok(report.stats.passes >= 16, `${report.stats.passes} passed`);
      });
    });
  }
});
