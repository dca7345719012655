import assert from 'node:assert/strict';
import { compileAttacks } from '../engine/attacks/compiled.ts';
import { prepareImage } from './boot.ts';
import { runSuiteInside, type SuiteReport } from './suite.ts';

describe('the table of attacks on a real cgroup v2, as an ordinary user', function () {
  this.timeout(600_000);
  let report: SuiteReport;

  before(async function () {
    this.timeout(900_000);
    // Inside there is no compiler.
    const compiled = compileAttacks();
    assert.ok(compiled.ok, compiled.ok ? '' : compiled.because);
    await prepareImage();
    report = await runSuiteInside({
      kind: 'bare',
      specs: ['test/engine/attacks/attacks.test.ts'],
      mochaArguments: ['--timeout', '60000', '--grep', 'on cgroup2'],
      memoryMiB: 1536,
      timeoutMs: 400_000,
    });
  });

  it('holds in every cell of cgroup2, with the keeper and without', () => {
    const failures = report.failures.map(test => `${test.fullTitle}: ${test.err.message}`);
    assert.deepEqual(failures, []);
    assert.ok(report.stats.passes >= 38, `${report.stats.passes} cells passed`);
  });
});
