import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootKernel, type KernelKind, prepareImage } from './boot.ts';
import { runSuiteInside } from './suite.ts';

const proofs = [
  { kind: 'systemd', spec: 'wardenInUnit.ts', passes: 12 },
  { kind: 'bare', spec: 'wardenWithoutUnit.ts', passes: 2 },
] as const;

const files = {
  'bulkhead.config.json': JSON.stringify({
    memory: '96 MiB',
    timeout: '20s',
    leaks: 'fail',
    frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
  }),
  'passes.sh': 'exit 0',
  'fails.sh': 'exit 3',
  'hog.sh': `exec node -e 'const a=[];for(let i=0;i<64;i++)a.push(Buffer.alloc(4<<20,1))'`,
  'leaks.sh': 'setsid sleep 1000 >/dev/null 2>&1 </dev/null & sleep 1',
};

interface Report {
  readonly cage: { readonly mechanism: string };
  readonly tests: readonly { readonly titlePath: readonly string[]; readonly verdict: { readonly kind: string } }[];
}

describe('Bulkhead of an ordinary user on a real kernel', function () {
  this.timeout(600_000);
  before(async function () {
    this.timeout(900_000);
    await prepareImage();
  });

  for (const { kind, spec, passes } of proofs) {
    it(`has hard cages without being root (${kind})`, async () => {
      const report = await runSuiteInside({
        kind,
        specs: [`test/kernels/proof/${spec}`],
        mochaArguments: ['--timeout', '90000'],
        timeoutMs: 400_000,
      });
      const failures = report.failures.map(test => `${test.fullTitle}: ${test.err.message}`);
      assert.deepEqual([failures, report.stats.passes], [[], passes]);
    });

    it(`runs from the terminal, with the right verdicts and exit codes (${kind})`, async () => {
      const { report, exits } = await runInTerminal(kind);
      assert.equal(report.cage.mechanism, 'cgroup2');
      assert.deepEqual(Object.fromEntries(report.tests.map(test => [test.titlePath[0], test.verdict.kind])), {
        'passes.sh': 'passed',
        'fails.sh': 'failed',
        'hog.sh': 'out-of-memory',
        'leaks.sh': 'failed',
      });
      assert.deepEqual(exits, { all: '1', one: '0', sleepers: '0', units: kind === 'systemd' ? '0' : '' });
    });
  }
});

async function runInTerminal(kind: KernelKind): Promise<{ report: Report; exits: object }> {
  const share = mkdtempSync(path.join(os.tmpdir(), 'bulkhead-terminal-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(share, name), content);
    const bulkhead = 'node /bulkhead/dist/cli.cjs run';
    const listUnits = `systemctl --user list-units --all --plain --no-legend "bulkhead-*.service" | wc -l`;
    const script = `
      mkdir /tmp/tests && cp /host/*.sh /host/*.json /tmp/tests/ && chown -R dev /tmp/tests
      asDev 'cd /tmp/tests && ${bulkhead} --json >/tmp/tests/report'; echo all=$?
      asDev 'cd /tmp/tests && ${bulkhead} passes.sh'; echo one=$?
      echo sleepers=$(pgrep -xc sleep)
      echo units=$([ ! -d /run/systemd/system ] || asDev '${listUnits}')
      cp /tmp/tests/report /host/`;
    const kernel = await bootKernel({ kind, share, script, timeoutMs: 200_000 });
    assert.equal(kernel.exitCode, 0, kernel.output + kernel.console);
    const exits = Object.fromEntries(
      [...kernel.output.matchAll(/^(all|one|sleepers|units)=(\d*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    return { report: JSON.parse(readFileSync(path.join(share, 'report'), 'utf8')) as Report, exits };
  } finally {
    rmSync(share, { recursive: true, force: true });
  }
}
