import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Attribute } from '../../src/protocol/verdict.ts';
import { headline } from '../../src/reports/wording.ts';
import { Store } from '../../src/store/store.ts';
import { ScriptBed, ScriptFramework, type ScriptRun } from './script-framework.ts';

/** Three tests; what FAULT does, the second one does in the middle of its body. */
const three = (fault: string) => `# test: one
# test: two
# test: three
hello
for t in one two three; do
  if wanted $t; then
    start $t
    state=passed
    if [ $t = two ]; then ${fault}; fi
    end $t $state
  fi
done
bye`;

describe('the policies of a run', () => {
  let bed: ScriptBed;
  afterEach(() => bed.close());
  const open = async (scripts: Readonly<Record<string, string>>) =>
    (bed = await ScriptBed.open(new ScriptFramework('events'), scripts));
  const told = ({ records }: ScriptRun, title: string) =>
    records.find(({ test }) => test.titlePath.join(' > ') === title)!;
  const attribute = <K extends Attribute['kind']>(run: ScriptRun, title: string, kind: K) =>
    told(run, title).attributes.find((each): each is Extract<Attribute, { kind: K }> => each.kind === kind);

  it('try a test that fails again in a new cage, and keep what it came to before', async () => {
    await open({
      'a.sh': three('echo x >>tries; case $(wc -l <tries) in 1) state=failed ;; 2) kill -SEGV $$ ;; esac'),
    });
    const run = await bed.run({ retries: 3 });
    assert.deepEqual(run.verdicts, { one: 'passed', two: 'passed', three: 'passed' });
    assert.deepEqual(
      attribute(run, 'two', 'retried')?.earlier.map(({ kind }) => kind),
      ['failed', 'crashed'],
    );
    assert.match(headline(told(run, 'two')), /^Passed in 1 ms.* · 2 earlier attempts failed \(failed, crashed\)/);
    assert.deepEqual([run.summary.flaky, run.summary.counts], [1, { passed: 3 }]);
    assert.equal(run.records.length, 3, 'one verdict each');
  });

  it('give up after the last retry, with a growing pause before each', async () => {
    await open({ 'a.sh': three('state=failed; date +%s%N >>times') });
    const began = Date.now();
    const run = await bed.run({ retries: 2, retryDelay: 200, isolation: 'file' });
    assert.deepEqual(run.verdicts, { one: 'passed', two: 'failed', three: 'passed' });
    assert.deepEqual(
      attribute(run, 'two', 'retried')?.earlier.map(({ kind }) => kind),
      ['failed', 'failed'],
    );
    assert.ok(Date.now() - began >= 600, '200 ms and 400 ms');
    assert.equal(run.summary.flaky, 0);
  });

  it('do not have the end of a run wait for the pause before a retry, and count what there is', async () => {
    await open({
      'a.sh': three('state=failed; echo x >>failures'),
      'b.sh': '# test: later\nhello\nstart later\nuntil [ -s failures ]; do sleep 0.1; done\nend later failed\nbye',
    });
    const slow = { retries: 1, retryDelay: 60_000, jobs: 2, overrides: [{ files: ['b.sh'], retries: 0 }] };
    for (const policy of [{ runTimeout: 5000 }, { maxFailures: 1 }]) {
      rmSync(join(bed.root, 'failures'), { force: true });
      const began = Date.now();
      const { verdicts, summary } = await bed.run({ ...slow, ...policy, isolation: 'file' });
      assert.deepEqual(verdicts, { one: 'passed', two: 'failed', three: 'passed', later: 'failed' });
      assert.equal(summary.planned, 4);
      assert.ok(Date.now() - began < 40_000, `${Date.now() - began} ms`);
    }
  });

  it('give what failed its turn first and then the longest, by the history, unless the order is that of the files', async () => {
    const log = (title: string, rest = '') =>
      `# test: ${title}\nhello; start ${title}; echo ${title} >>order; ${rest}; bye`;
    await open({
      'a.sh': log('short', 'end short passed'),
      // What follows the state goes on with the script's "1" of its milliseconds.
      'b.sh': log('long', 'end long passed 000'),
      'c.sh': log('bad', 'end bad failed'),
      'd.sh': log('good', 'end good passed'),
    });
    const order = () => readFileSync(join(bed.root, 'order'), 'utf8').trim().split('\n');
    await bed.run({ jobs: 1 });
    assert.deepEqual(order(), ['short', 'long', 'bad', 'good'], 'nothing is known');
    const store = Store.open(join(bed.root, '.bulkhead'), () => {})!;
    try {
      bed.past = async keys => store.lastVerdicts({ keys });
      bed.write('e.sh', log('new', 'end new passed'));
      await bed.workspace.detect();
      rmSync(join(bed.root, 'order'));
      await bed.run({ jobs: 1 });
      assert.deepEqual(order().slice(0, 3), ['bad', 'new', 'long']);
      assert.deepEqual(order().slice(3).sort(), ['good', 'short']);
      rmSync(join(bed.root, 'order'));
      await bed.run({ jobs: 1, order: 'file' });
      assert.deepEqual(order(), ['short', 'long', 'bad', 'good', 'new']);
    } finally {
      store.close();
    }
  });

  it('tell of a slow test while it runs, and in its record', async () => {
    await open({ 'a.sh': three('until [ -e told ]; do sleep 0.1; done') });
    const notices: string[] = [];
    const run = await bed.run({ slow: 300 }, { kind: 'all' }, notice => {
      if (notice.notice !== 'slow') return;
      notices.push(notice.key);
      bed.write('told', '');
    });
    assert.deepEqual(run.verdicts, { one: 'passed', two: 'passed', three: 'passed' });
    assert.ok(notices.includes(told(run, 'two').test.key));
    assert.equal(attribute(run, 'two', 'slow')?.thresholdMs, 300);
    assert.match(headline(told(run, 'two')), / · slow$/);
  });

  it('do not try again what passed, was skipped or could not be started', async () => {
    await open({ 'a.sh': `echo x >>starts\n${three('state=skipped')}` });
    const run = await bed.run({ retries: 2, isolation: 'file' });
    assert.deepEqual(run.verdicts, { one: 'passed', two: 'skipped', three: 'passed' });
    assert.deepEqual(
      run.records.flatMap(({ attributes }) => attributes),
      [],
    );
  });

  it('begin nothing more when enough tests have failed, and say so of each', async () => {
    const fails = (name: string) => `# test: ${name}\nhello\nstart ${name}\nend ${name} failed\nbye`;
    await open(Object.fromEntries(['a', 'b', 'c', 'd'].map(name => [`${name}.sh`, fails(name)])));
    const run = await bed.run({ maxFailures: 2, jobs: 1 });
    assert.deepEqual(run.summary.counts, { failed: 2, 'not-run': 2 });
    const because = run.records.flatMap(({ verdict }) => (verdict.kind === 'not-run' ? [verdict.because] : []));
    assert.match(because[0] ?? '', /2 tests had failed/);
    assert.equal(run.summary.planned, 4);
  });

  it('count a test that passes in the end as no failure', async () => {
    await open({ 'a.sh': three('echo x >>tries; if [ $(wc -l <tries) = 1 ]; then state=failed; fi') });
    const run = await bed.run({ maxFailures: 1, retries: 1, jobs: 1 });
    assert.deepEqual(run.summary.counts, { passed: 3 });
  });

  describe('what must not run together', () => {
    const scripts = Object.fromEntries(
      ['a', 'b', 'c'].map(name => [
        `${name}.sh`,
        `# test: ${name}\nhello\nstart ${name}\nstate=passed\nmkdir busy || state=failed\nsleep 0.5\nrmdir busy\nend ${name} $state\nbye`,
      ]),
    );

    it('collides where nothing is said', async () => {
      await open(scripts);
      const run = await bed.run({ jobs: 3 });
      assert.ok((run.summary.counts.failed ?? 0) > 0, 'else the other tests here prove nothing');
    });

    it('is kept apart by a lock', async () => {
      await open(scripts);
      const run = await bed.run({ jobs: 3, overrides: [{ files: ['*.sh'], locks: ['busy'] }] });
      assert.deepEqual(run.summary.counts, { passed: 3 });
    });

    it('is kept apart by the weight of single tests', async () => {
      await open(scripts);
      const run = await bed.run({
        jobs: 3,
        overrides: [
          { files: ['*.sh'], weight: 2 },
          { tests: ['b'], weight: 0 },
        ],
      });
      assert.deepEqual(run.summary.counts, { passed: 3 });
    });
  });

  describe('adaptive isolation', () => {
    it('runs a file in one cage, and what failed once more alone', async () => {
      await open({ 'a.sh': three('state=failed; case $TESTS in *,*) ;; *) state=passed ;; esac') });
      const run = await bed.run({ isolation: 'adaptive' });
      assert.deepEqual(run.verdicts, { one: 'passed', two: 'passed', three: 'passed' });
      assert.equal(attribute(run, 'two', 'run-alone')?.before.kind, 'failed');
      assert.match(headline(told(run, 'two')), /failed beside the other tests of its cage/);
      assert.equal(attribute(run, 'one', 'run-alone'), undefined);
      assert.ok(told(run, 'one').usage.shared && !told(run, 'two').usage.shared);
    });

    it('finds out who left processes running', async () => {
      await open({ 'a.sh': three('sleep 60 >/dev/null 2>&1 3>&- & true') });
      const run = await bed.run({ isolation: 'adaptive' });
      assert.deepEqual(run.verdicts, { one: 'passed', two: 'passed', three: 'passed' });
      const leaky = run.records.filter(({ attributes }) => attributes.some(({ kind }) => kind === 'leaked-processes'));
      assert.deepEqual(
        leaky.map(({ test }) => test.titlePath[0]),
        ['two'],
      );
    });

    it('finds out who brought the cage down, and lets the others be', async () => {
      await open({ 'a.sh': three('exit 0') });
      const run = await bed.run({ isolation: 'adaptive' });
      assert.deepEqual(run.verdicts, { one: 'passed', two: 'exited-early', three: 'passed' });
      assert.equal(attribute(run, 'one', 'run-alone'), undefined);
      assert.equal(run.summary.counts.lost ?? 0, 0);
    });
  });

  describe('a shared cage that is brought down between its tests', () => {
    const listed = '# test: one\n# test: two\n# test: three\nhello\necho "$TESTS" >>cages\n';
    const body = (hookOf: string) =>
      `${listed}for t in one two three; do if wanted $t; then\n${hookOf}\nstart $t; end $t passed; fi; done; bye`;
    const cages = () => readFileSync(join(bed.root, 'cages'), 'utf8').trim().split('\n');

    it('is blamed on the test whose set-up did it, and not on the one before', async () => {
      await open({ 'a.sh': body('if [ $t = two ]; then exit 0; fi') });
      const run = await bed.run({ isolation: 'file' });
      assert.deepEqual(run.verdicts, { one: 'passed', two: 'exited-early', three: 'passed' });
      assert.equal(attribute(run, 'one', 'run-alone')?.before.kind, 'exited-early', 'and not hidden');
      assert.deepEqual(cages(), ['one,two,three', 'one', 'two,three', 'two', 'three']);
    });

    it('is blamed on each test of a file that never comes so far, after a few cages', async () => {
      await open({ 'a.sh': `${listed}exit 0` });
      const run = await bed.run({ isolation: 'file' });
      assert.deepEqual(run.verdicts, { one: 'exited-early', two: 'exited-early', three: 'exited-early' });
      assert.deepEqual(cages(), ['one,two,three', 'one', 'two,three', 'two', 'three']);
    });
  });

  it('give each outermost suite a cage', async () => {
    const titles = ['a > 1', 'a > b > 2', 'c > 3', 'alone', 'also alone'];
    const body = titles.map(title => `if wanted "${title}"; then start "${title}"; end "${title}" passed; fi`);
    await open({
      'a.sh': [...titles.map(title => `# test: ${title}`), 'hello', 'echo "[$TESTS]" >>cages', ...body, 'bye'].join(
        '\n',
      ),
    });
    const run = await bed.run({ isolation: 'suite' });
    assert.deepEqual(run.summary.counts, { passed: 5 });
    const shared = run.records.filter(({ usage }) => usage.shared).map(({ test }) => test.titlePath[0]);
    assert.deepEqual(shared.sort(), ['a', 'a', 'alone', 'also alone']);
  });
});
