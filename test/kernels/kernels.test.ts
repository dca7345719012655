import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootKernel, prepareImage, type KernelKind, type KernelResult } from './boot.ts';
import { assertGone, tracesOfKernelBootedBy } from './hostTraces.ts';
import { runSuiteInside } from './suite.ts';

const hogProof = 'sh /bulkhead/test/kernels/proof/capped-hog.sh';
/** How an ordinary user gets a cgroup subtree of their own on each kind. */
const inOwnSubtree: Record<KernelKind, string> = {
  systemd: `systemd-run --user --scope --quiet -p Delegate=yes ${hogProof}`,
  bare: `exec ${hogProof}`,
};

describe('test bed of real kernels', function () {
  this.timeout(180_000);
  let share: string;

  before(async function () {
    this.timeout(900_000);
    share = mkdtempSync(path.join(os.tmpdir(), 'bulkhead-share-'));
    await prepareImage();
  });

  after(() => rmSync(share, { recursive: true, force: true }));

  for (const kind of ['systemd', 'bare'] as const) {
    describe(kind, () => {
      let kernel: KernelResult;
      let facts: Map<string, string>;

      before(async () => {
        kernel = await bootKernel({ kind, share, script: `asDev '${inOwnSubtree[kind]}' && exit 7` });
        facts = new Map(
          [...kernel.output.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
        );
      });

      it('boots, and returns the exit code of the script', () => {
        assert.equal(kernel.exitCode, 7, kernel.output + kernel.console);
        assert.equal(kernel.timedOut, false);
        assert.ok(kernel.bootMs !== null && kernel.bootMs > 0);
      });

      it('gives an ordinary user a subtree with memory and pids controllers', () => {
        assert.equal(facts.get('uid'), '1000');
        const controllers = facts.get('controllers')?.split(' ') ?? [];
        assert.ok(controllers.includes('memory') && controllers.includes('pids'), facts.get('controllers'));
      });

      it('kills a hog of 256 MiB at the cap of 64 MiB that the user set', () => {
        assert.equal(facts.get('hogStatus'), String(128 + os.constants.signals.SIGKILL));
        assert.ok(Number(facts.get('oomKills')) > 0);
        assert.ok(Number(facts.get('peakBytes')) <= 64 * 1024 ** 2);
        assert.equal(facts.get('swapMax'), '0');
      });

      it('empties a cgroup by cgroup.kill', () => {
        assert.equal(facts.get('crowdBefore'), '4');
        assert.equal(facts.get('crowdAfter'), '0');
      });

      it("returns the report of a mocha suite, passes and failures alike, run by dev on the repository's files", async () => {
        const report = await runSuiteInside({ kind, specs: ['test/kernels/proof/insideSuite.ts'] });
        assert.deepEqual(
          { passed: report.passes.map(test => test.fullTitle), failed: report.failures.map(test => test.fullTitle) },
          {
            passed: ['a suite inside runs as the ordinary user on cgroup v2 alone'],
            failed: ['a suite inside fails on purpose'],
          },
        );
        const passed = await runSuiteInside({
          kind,
          specs: ['test/kernels/proof/insideSuite.ts'],
          env: { PURPOSE: 'to pass' },
        });
        assert.equal(passed.stats.failures, 0);
      });
    });
  }

  it('opens a login session with a user manager and bus for dev where there is systemd', async () => {
    const script = `asDev 'cat /proc/self/cgroup; echo $XDG_RUNTIME_DIR; systemctl --user is-active default.target'`;
    const { output } = await bootKernel({ kind: 'systemd', share, script });
    assert.match(output, /^0::\/user\.slice\/user-1000\.slice\/session-.+\.scope\n\/run\/user\/1000\nactive\n$/);
  });

  it('shares one folder to write and the repository only to read, and has no network', async () => {
    const script = `
      echo from inside >/host/letter
      touch /bulkhead/scratch 2>/dev/null && echo the repository was writable
      ls /sys/class/net`;
    const { output } = await bootKernel({ kind: 'bare', share, script });
    assert.equal(output, 'lo\n');
    assert.equal(readFileSync(path.join(share, 'letter'), 'utf8'), 'from inside\n');
  });

  it('boots kernels at the same time from one disk, none seeing what another wrote', async () => {
    const kernels = await Promise.all(
      ['first', 'second'].map(name =>
        bootKernel({ kind: 'bare', share, script: `echo ${name} >>/etc/who; sync; sleep 2; cat /etc/who` }),
      ),
    );
    assert.deepEqual(
      kernels.map(kernel => kernel.output),
      ['first\n', 'second\n'],
    );
  });

  const endless = `echo started; asDev 'setsid sleep 1000 &'; while :; do :; done`;

  it('cuts an endless script at the time limit and leaves nothing of it on the host', async () => {
    const booting = bootKernel({ kind: 'bare', share, script: endless, timeoutMs: 12_000 });
    const traces = await tracesOfKernelBootedBy(process.pid);
    const { timedOut, exitCode, output } = await booting;
    assert.deepEqual({ timedOut, exitCode, output }, { timedOut: true, exitCode: null, output: 'started\n' });
    await assertGone(traces);
  });

  it('leaves nothing either when whoever booted the kernel is killed', async () => {
    const order = JSON.stringify({ kind: 'bare', share, script: endless });
    const boot = `import('${path.join(import.meta.dirname, 'boot.ts')}').then(({ bootKernel }) => bootKernel(${order}))`;
    const runner = spawn(process.execPath, ['-e', boot], { stdio: 'ignore' });
    assert.ok(runner.pid);
    const traces = await tracesOfKernelBootedBy(runner.pid);
    runner.kill('SIGKILL');
    await assertGone(traces);
  });
});
