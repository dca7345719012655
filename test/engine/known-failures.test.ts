import assert from 'node:assert/strict';
import { knownFailuresName } from '../../src/config/known-failures.ts';
import { headline } from '../../src/reports/wording.ts';
import { ScriptBed, ScriptFramework, type ScriptRun } from './script-framework.ts';

const fault = {
  fails: 'state=failed',
  crashes: 'kill -SEGV $$',
  exits: 'exit 0',
  hangs: 'sleep 20',
  passes: ':',
  skips: 'state=skipped',
} as const;

/** One test, which does what it is told in the middle of its body. */
const test = (does: keyof typeof fault, title = 'culprit') =>
  `# test: ${title}\nhello\nstart "${title}"\nstate=passed\n${fault[does]}\nend "${title}" $state\nbye`;

interface Entry {
  readonly file: string;
  readonly test?: string | readonly string[];
  readonly [key: string]: unknown;
}

describe('known failures', () => {
  let bed: ScriptBed;
  afterEach(() => bed.close());
  const open = async (scripts: Readonly<Record<string, string>>, entries: readonly Entry[], more = {}) => {
    const tests = entries.map(entry => ({ reason: 'bug 12', ...entry }));
    const list = { [knownFailuresName]: JSON.stringify({ ...more, tests }, null, 1) };
    bed = await ScriptBed.open(new ScriptFramework('events'), { ...scripts, ...list });
  };
  const the = ({ records }: ScriptRun, title = 'culprit') =>
    records.find(({ test }) => test.titlePath.join(' > ') === title)!;
  const warnings = ({ summary }: ScriptRun) => summary.problems.map(({ message }) => message);

  for (const does of ['fails', 'crashes', 'exits'] as const) {
    it(`do not fail the run, and stay in sight: a test that ${does}`, async () => {
      await open({ 'a.sh': test(does) }, [{ file: 'a.sh', test: 'culprit', issue: '#12' }]);
      const run = await bed.run({ retries: 2, maxFailures: 1 });
      assert.deepEqual(run.summary.counts, { 'known-failure': 1 });
      const { verdict, attributes } = the(run);
      const was = { fails: 'failed', crashes: 'crashed', exits: 'exited-early' }[does];
      assert.ok(verdict.kind === 'known-failure' && verdict.was.kind === was);
      assert.match(headline(the(run)), /^Known failure: bug 12 \(#12\) · (Failed|Crashed|Exited)/);
      assert.deepEqual(attributes, [], 'it was not tried again');
      assert.deepEqual(warnings(run), []);
    });
  }

  it('hold for the tests that are named, and for no other', async () => {
    await open({ 'a.sh': test('fails', 's > one'), 'b.sh': test('fails', 's > one') }, [
      { file: 'b.sh', test: ['s', 'one'] },
    ]);
    const run = await bed.run();
    assert.deepEqual(run.summary.counts, { failed: 1, 'known-failure': 1 });
  });

  it('are told when they pass, and fail the run then if they are strict', async () => {
    await open({ 'a.sh': test('passes'), 'b.sh': test('passes', 'other') }, [
      { file: 'a.sh', test: 'culprit' },
      { file: 'b.sh', test: 'other', strict: true },
    ]);
    const run = await bed.run();
    assert.deepEqual(run.summary.counts, { 'unexpected-pass': 1, failed: 1 });
    assert.match(headline(the(run)), /^Passed unexpectedly: .*known failure: bug 12/);
    assert.match(the(run, 'other').messages[0]?.text ?? '', /Take the entry off the list/);
  });

  it('do not hold after their last day', async () => {
    const today = new Date().toISOString().slice(0, 10);
    await open({ 'a.sh': test('fails'), 'b.sh': test('fails', 'other') }, [
      { file: 'a.sh', test: 'culprit', until: '2020-01-31' },
      { file: 'b.sh', test: 'other', until: today },
    ]);
    const run = await bed.run();
    assert.equal(the(run).verdict.kind, 'failed');
    assert.match(headline(the(run)), /listed as a known failure until 2020-01-31/);
    assert.equal(the(run, 'other').verdict.kind, 'known-failure');
  });

  it('do not hold for a failure of another kind', async () => {
    await open({ 'a.sh': test('crashes') }, [{ file: 'a.sh', test: 'culprit', verdict: ['failed', 'timed-out'] }]);
    const run = await bed.run();
    assert.equal(the(run).verdict.kind, 'crashed');
    assert.match(headline(the(run)), /listed as one that is failed or timed-out/);
  });

  it('say nothing of what was skipped, stopped, or out of the time of the run', async () => {
    await open({ 'a.sh': test('skips'), 'b.sh': test('hangs', 'other') }, [
      { file: 'a.sh', test: 'culprit' },
      { file: 'b.sh', test: 'other' },
    ]);
    const run = await bed.run({ runTimeout: 1_500 });
    assert.deepEqual(run.summary.counts, { skipped: 1, 'timed-out': 1 });
  });

  it('are told where no test has their name any more', async () => {
    await open({ 'a.sh': test('passes') }, [
      { file: 'a.sh', test: 'renamed' },
      { file: 'gone.sh', test: 'culprit' },
    ]);
    const run = await bed.run();
    assert.deepEqual(run.summary.counts, { passed: 1 });
    assert.deepEqual(warnings(run), [
      'The known failure “renamed” of a.sh was not found.',
      'The known failure “culprit” is of gone.sh, which is no test file here.',
    ]);
    assert.ok(run.summary.problems.every(({ severity, line }) => severity === 'warning' && (line ?? 0) > 1));
    const part = await bed.run({}, bed.select('culprit'));
    assert.deepEqual(warnings(part), [], 'a run of a part cannot tell');
  });
});
