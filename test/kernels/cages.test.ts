import assert from 'node:assert/strict';
import { compileAttacks } from '../engine/attacks/compiled.ts';
import { prepareImage } from './boot.ts';
import { runSuitesInside, type SuiteReport } from './suite.ts';

/** What holds cgroup v2 cages on each kind, for an ordinary user. */
const kinds = [
  { kind: 'bare', through: '', what: 'a subtree that belongs to the user' },
  {
    kind: 'systemd',
    through: 'systemd-run --user --scope --quiet -p Delegate=yes',
    what: 'a delegated scope of the user’s systemd',
  },
] as const;

/** More than one is the long form, of the attacks alone: hours. */
const rounds = Number(process.env['BULKHEAD_ROUNDS'] ?? 1);
const kernelMs = 1_400_000 * Math.min(rounds, 10);

interface Suite {
  readonly specs: readonly string[];
  readonly grep: string;
  /** Where the temporary folder is memory, of which the kernel keeps no account of storage. */
  readonly grepBare?: string;
  readonly of: string;
  readonly atLeast: number;
  /** It starts wardens, each of which gets a unit of its own, where others are what a warden is. */
  readonly startsWardens?: true;
  /** The ordinary user, unless said otherwise. */
  readonly user?: 'root';
}

const suites: readonly Suite[] = [
  {
    specs: ['caged-process.test.ts', 'caged-process-ends.test.ts'],
    grep: '\\(cgroup2\\)',
    grepBare: '\\(cgroup2\\) (?!counts what all of it wrote to storage)',
    of: 'the engine’s suite',
    atLeast: 16,
  },
  {
    specs: ['attacks/attacks.test.ts'],
    grep: 'on cgroup2.* by an ordinary user',
    of: 'the table of attacks',
    atLeast: 38,
  },
  {
    specs: ['attacks/attacks.test.ts'],
    grep: 'on cgroup2.* by root',
    of: 'the table of attacks by root',
    atLeast: 38,
    user: 'root',
  },
  // Of time the kernel is no witness here: it stands still whenever the host gives it no processor.
  {
    specs: ['oracle.test.ts'],
    grep: 'of cgroup2 agree with the kernel',
    of: 'the kernel’s own account',
    atLeast: 2,
    startsWardens: true,
  },
];

/** All of them in systemd's kernel take longer than CI has: there, the first alone, unless somebody asks for all. */
function suitesIn(kind: 'bare' | 'systemd'): readonly Suite[] {
  // Of systemd's kernel root has no delegated scope of its own.
  const here = suites.filter(({ user }) => kind === 'bare' || user !== 'root');
  if (rounds > 1) return here.filter(({ specs }) => specs.every(spec => spec.startsWith('attacks/')));
  return kind === 'bare' || process.env['BULKHEAD_EVERY_CELL'] === '1' ? here : here.slice(0, 1);
}

/** The suites of a kind share a boot, and the kernels follow one another: on two cores each has one to itself. */
describe('cgroup v2 cages on a real kernel', function () {
  // Far above what it takes: on a busy machine such a kernel is slower by much more than its share.
  this.timeout(kernelMs + 100_000);
  before(async function () {
    // Inside there is no compiler.
    const compiled = compileAttacks();
    assert.ok(compiled.ok, compiled.ok ? '' : compiled.because);
    await prepareImage();
  });

  for (const { kind, through, what } of kinds) {
    describe(`in ${what} (${kind})`, () => {
      let reports: readonly SuiteReport[];
      before(async () => {
        reports = await runSuitesInside(
          { kind, memoryMiB: 1536, timeoutMs: kernelMs },
          suitesIn(kind).map(({ specs, grep, grepBare = grep, startsWardens, user }) => ({
            ...(user && { user }),
            through: startsWardens || user ? '' : through,
            specs: specs.map(spec => `test/engine/${spec}`),
            mochaArguments: ['--timeout', '60000', '--grep', kind === 'bare' ? grepBare : grep],
            env: { BULKHEAD_MECHANISMS: 'cgroup2', BULKHEAD_SLOWNESS: '6', BULKHEAD_ROUNDS: String(rounds) },
          })),
        );
      });

      for (const [index, { of, atLeast }] of suitesIn(kind).entries()) {
        it(`pass ${of}, nothing left out`, () => {
          const { failures, pending, stats } = reports[index]!;
          const said = failures.map(test => `${test.fullTitle}: ${test.err.message}`);
          assert.deepEqual([said, pending.map(test => test.fullTitle)], [[], []]);
          assert.ok(stats.passes >= atLeast, `${stats.passes} passed`);
        });
      }
    });
  }
});
