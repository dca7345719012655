import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CageDescription } from '../../src/protocol/limits.ts';
import type { TestInfo } from '../../src/protocol/tests.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { bootKernel, type KernelKind, prepareImage } from './boot.ts';
import { runSuitesInside } from './suite.ts';

const proofs = [
  { kind: 'systemd', spec: 'wardenInUnit.ts', passes: 12 },
  { kind: 'bare', spec: 'wardenWithoutUnit.ts', passes: 2 },
] as const;

const files = {
  'bulkhead.config.json': JSON.stringify({
    memory: '96 MiB',
    // A busy machine may need long until the hog is at its cap.
    timeout: '90s',
    overrides: [{ files: 'hangs.sh', timeout: '2s' }],
    leaks: 'fail',
    frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
  }),
  'passes.sh': 'exit 0',
  'fails.sh': 'exit 3',
  'hog.sh': `exec node -e 'const a=[];for(let i=0;i<64;i++)a.push(Buffer.alloc(4<<20,1))'`,
  'hangs.sh': 'setsid sleep 1000 & while :; do sleep 1000; done',
  'leaks.sh': 'setsid sleep 1000 >/dev/null 2>&1 </dev/null & sleep 1',
};

interface Report {
  readonly cage: CageDescription;
  readonly tests: readonly (Pick<TestRecord, 'verdict' | 'usage' | 'attributes'> & Pick<TestInfo, 'titlePath'>)[];
}

describe('Bulkhead of an ordinary user on a real kernel', function () {
  this.timeout(1_000_000);
  before(async function () {
    this.timeout(900_000);
    await prepareImage();
  });

  for (const { kind, spec, passes } of proofs) {
    it(`has hard cages without being root, and no process left by any death (${kind})`, async () => {
      const mochaArguments = ['--timeout', '90000'];
      const env = { BULKHEAD_SLOWNESS: '6' };
      const deaths = { specs: ['test/engine/deaths.test.ts'], env: { ...env, ...unitOf(kind) } };
      const reports = await runSuitesInside({ kind, timeoutMs: 900_000 }, [
        { specs: [`test/kernels/proof/${spec}`], mochaArguments, env },
        { ...deaths, mochaArguments: [...mochaArguments, '--grep', 'in a cage of cgroup2'] },
      ]);
      const failures = reports.flatMap(report => report.failures.map(test => `${test.fullTitle}: ${test.err.message}`));
      assert.deepEqual([failures, reports.map(({ stats }) => stats.passes)], [[], [passes, 4]]);
    });

    it(`runs from the terminal, with the right verdicts and exit codes (${kind})`, async () => {
      const { report, exits } = await runInTerminal(kind);
      assert.equal(report.cage.mechanism, 'cgroup2');
      assert.deepEqual(Object.fromEntries(report.tests.map(test => [test.titlePath[0], test.verdict.kind])), {
        'passes.sh': 'passed',
        'fails.sh': 'failed',
        'hog.sh': 'out-of-memory',
        'hangs.sh': 'timed-out',
        'leaks.sh': 'failed',
      });
      const test = (name: string) => report.tests.find(({ titlePath }) => titlePath[0] === name)!;
      const { verdict, usage } = test('hog.sh');
      assert.ok(verdict.kind === 'out-of-memory' && verdict.cause.startsWith('kernel'), JSON.stringify(verdict));
      assert.ok(usage.peakMemoryBytes! <= 96 * 1024 ** 2, `the peak was ${usage.peakMemoryBytes}`);
      assert.deepEqual(
        test('leaks.sh').attributes.map(({ kind }) => kind),
        ['leaked-processes'],
      );
      assert.deepEqual(exits, { all: '1', one: '0', sleepers: '0', units: kind === 'systemd' ? '0' : '' });
    });
  }
});

/** A machine on which a unit is late must not turn these into tests of something else. */
function unitOf(kind: KernelKind): Record<string, string> {
  return kind === 'systemd' ? { BULKHEAD_SYSTEMD: 'always' } : {};
}

async function runInTerminal(kind: KernelKind): Promise<{ report: Report; exits: object }> {
  const share = mkdtempSync(path.join(os.tmpdir(), 'bulkhead-terminal-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(share, name), content);
    const settings = Object.entries(unitOf(kind)).map(([name, value]) => `${name}=${value} `);
    const bulkhead = `${settings.join('')}node /bulkhead/dist/cli.cjs run`;
    const listUnits = `systemctl --user list-units --all --plain --no-legend "bulkhead-*.service" | wc -l`;
    const script = `
      mkdir /tmp/tests && cp /host/*.sh /host/*.json /tmp/tests/ && chown -R dev /tmp/tests
      asDev 'cd /tmp/tests && ${bulkhead} --json >/tmp/tests/report'; echo all=$?
      asDev 'cd /tmp/tests && ${bulkhead} passes.sh'; echo one=$?
      echo sleepers=$(pgrep -xc sleep)
      echo units=$([ ! -d /run/systemd/system ] || asDev '${listUnits}')
      cp /tmp/tests/report /host/`;
    const kernel = await bootKernel({ kind, share, script, timeoutMs: 900_000 });
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
