import assert from 'node:assert/strict';
import { type TestInfo, testKey } from '../../src/protocol/tests.ts';
import { ScriptBed, ScriptFramework } from './script-framework.ts';

describe('a framework that tells of its tests by what it prints', () => {
  let bed: ScriptBed;
  afterEach(() => bed.close());

  const open = (scripts: Readonly<Record<string, string>>) => ScriptBed.open(new ScriptFramework('output'), scripts);
  const three = `
    # test: before
    # test: culprit
    # test: after
    hello
    for t in before culprit after; do
      if ! wanted $t; then continue; fi
      start $t
      if [ $t = culprit ]; then echo working; FAULT; fi
      end $t passed
    done
    bye`.replaceAll('\n    ', '\n');

  for (const isolation of ['test', 'file'] as const) {
    it(`gives each test a verdict of its own, with a cage for each ${isolation}`, async () => {
      bed = await open({
        'fine.sh': three.replace('FAULT', ':'),
        'exits.sh': three.replaceAll('before', 'b2').replaceAll('after', 'a2').replace('FAULT', 'exit 0'),
        'dies.sh': three
          .replaceAll('before', 'b3')
          .replaceAll('after', 'a3')
          .replace('FAULT', () => 'kill -SEGV $$'),
      });
      const { records } = await bed.run({ isolation });
      const told = records.map(
        ({ test, verdict }) => `${test.file.split('/').at(-1)} ${test.titlePath[0]}: ${verdict.kind}`,
      );
      assert.deepEqual(told.sort(), [
        'dies.sh a3: passed',
        'dies.sh b3: passed',
        'dies.sh culprit: crashed',
        'exits.sh a2: passed',
        'exits.sh b2: passed',
        'exits.sh culprit: exited-early',
        'fine.sh after: passed',
        'fine.sh before: passed',
        'fine.sh culprit: passed',
      ]);
      const culprit = records.find(({ verdict }) => verdict.kind === 'crashed');
      assert.match(culprit?.output.text ?? '', /^working\n/, 'what it printed, and not what the framework said');
    });
  }

  it('may end with another code than 0 where it said so, and with no other', async () => {
    const script = (code: number) =>
      `# test: says ${code}\nhello\nstart "says ${code}"\nend "says ${code}" passed\nexit ${code}`;
    bed = await open({ 'told.sh': script(64), 'untold.sh': script(3) });
    assert.deepEqual((await bed.run()).verdicts, { 'says 64': 'passed', 'says 3': 'exited-early' });
  });

  it('says the code in its last word', async () => {
    const script = (name: string, code: number) =>
      `# test: ${name}\nhello\nstart ${name}\nend ${name} failed\nbye ',"code":1'\nexit ${code}`;
    const pass = (name: string, code: number) => script(name, code).replace('failed', 'passed');
    bed = await open({ 'a.sh': script('fails', 1), 'b.sh': pass('passes', 1), 'c.sh': pass('lies', 0) });
    assert.deepEqual((await bed.run()).verdicts, { fails: 'failed', passes: 'passed', lies: 'error' });
  });

  it('knows tests that are marked as failing', async () => {
    bed = await open({
      'a.sh':
        '# test: todo\n# test: mended\nhello\nfor t in todo mended; do if wanted $t; then start $t; if [ $t = todo ]; then end todo failed-as-expected; else end mended passed-unexpectedly; fi; fi; done\nbye',
    });
    assert.deepEqual((await bed.run({ isolation: 'file' })).verdicts, {
      todo: 'expected-failure',
      mended: 'unexpected-pass',
    });
  });

  it('is ended at its time limits like any other', async () => {
    bed = await open({ 'a.sh': '# test: sleeps\nhello\nstart sleeps\nsleep 60', 'b.sh': '# test: never\nsleep 60' });
    const { records } = await bed.run({ timeout: 300, startup: 600 });
    const told = records.map(({ verdict }) => (verdict.kind === 'timed-out' ? verdict.limit : verdict.kind));
    assert.deepEqual(told.sort(), ['start-up', 'test']);
  });
});

describe('tests that only a run can find', () => {
  let bed: ScriptBed;
  afterEach(() => bed.close());

  const parent = `# test: parent
# test: other
hello
if wanted parent; then
  start parent
  for t in 'parent > one' 'parent > two'; do found "$t"; start "$t"; BODY; end "$t" passed; done
  AFTER
  end parent passed
fi
if wanted other; then start other; end other passed; fi
bye`;
  const parentWith = (body: string, after = ':') => parent.replace('BODY', body).replace('AFTER', after);
  const open = (scripts: Readonly<Record<string, string>>) => ScriptBed.open(new ScriptFramework('events'), scripts);

  for (const isolation of ['test', 'file'] as const) {
    it(`are added to the run, each with one verdict, with a cage for each ${isolation}`, async () => {
      bed = await open({ 'a.sh': parentWith(':') });
      for (const round of ['first', 'second']) {
        const { summary, records, verdicts, notices } = await bed.run({ isolation });
        assert.deepEqual(
          verdicts,
          { 'parent > one': 'passed', 'parent > two': 'passed', parent: 'passed', other: 'passed' },
          round,
        );
        assert.deepEqual([summary.planned, summary.counts], [4, { passed: 4 }]);
        const dynamic = records.filter(({ test }) => test.dynamic).map(({ test }) => test.titlePath.at(-1));
        assert.deepEqual(dynamic.sort(), ['one', 'two']);
        const planned = notices.flatMap(notice => (notice.notice === 'planned' ? notice.tests : []));
        assert.equal(new Set(planned.map(({ key }) => key)).size, 4);
      }
    });
  }

  it('come with the test that they are a part of when both are chosen', async () => {
    bed = await open({ 'a.sh': parentWith(':') });
    await bed.run();
    const both = await bed.run({}, bed.select('parent', 'parent > one'));
    assert.deepEqual(both.verdicts, { parent: 'passed', 'parent > one': 'passed', 'parent > two': 'passed' });
  });

  it('share the blame with the test that they are a part of, and with nobody else', async () => {
    bed = await open({ 'a.sh': parentWith(`if [ "$t" = "parent > two" ]; then exit 0; fi`) });
    assert.deepEqual((await bed.run({ isolation: 'file' })).verdicts, {
      'parent > one': 'passed',
      'parent > two': 'exited-early',
      parent: 'exited-early',
      other: 'passed',
    });
  });

  it('are tried again with the test that they are a part of, with a growing pause, and none is lost', async () => {
    // The first time it dies before it finds the second one.
    const fault = 'echo x >>tries; case $(wc -l <tries) in 1) exit 3 ;; 2) end "$t" failed; continue ;; esac';
    bed = await open({ 'a.sh': parentWith(fault) });
    const { records, verdicts, summary } = await bed.run({ isolation: 'file', retries: 2, retryDelay: 10 });
    assert.deepEqual(verdicts, {
      'parent > one': 'passed',
      'parent > two': 'passed',
      parent: 'passed',
      other: 'passed',
    });
    const one = records.find(({ test }) => test.titlePath.at(-1) === 'one')!;
    const earlier = one.attributes.find(each => each.kind === 'retried')?.earlier;
    assert.deepEqual(
      earlier?.map(({ kind }) => kind),
      ['exited-early', 'failed'],
    );
    assert.deepEqual([summary.planned, summary.counts, summary.flaky], [4, { passed: 4 }, 2]);
  });

  it('are found once more when the run is resumed that was interrupted while they ran', async () => {
    bed = await open({ 'a.sh': parentWith(':') });
    const [project] = bed.workspace.projects;
    const test = (...titlePath: string[]): TestInfo => {
      const identity = { framework: 'script', file: project!.files[0]!, titlePath, ordinal: 0 };
      return { ...identity, key: testKey(project!, identity), ...(titlePath.length > 1 ? { dynamic: true } : {}) };
    };
    const tests = [test('parent'), test('other'), test('parent', 'one'), test('parent', 'two')];
    const planned = tests.map(each => [each.key, { test: each, project: 'script' }] as const);
    bed.earlier = {
      ...{ startedAt: 0, durationMs: 0, leaked: new Set(), retried: new Set() },
      ...{ planned: new Map(planned), verdicts: new Map([[tests[1]!.key, 'passed']]) },
    };
    const { verdicts, summary } = await bed.run();
    assert.deepEqual(verdicts, { parent: 'passed', 'parent > one': 'passed', 'parent > two': 'passed' });
    assert.deepEqual([summary.planned, summary.counts, summary.problems], [4, { passed: 4 }, []]);
  });

  it('leave their parent its own time limit when they have ended', async () => {
    bed = await open({ 'a.sh': parentWith(':', 'sleep 60') });
    const { records, verdicts } = await bed.run({ isolation: 'file', timeout: 500 });
    assert.deepEqual(verdicts, {
      'parent > one': 'passed',
      'parent > two': 'passed',
      parent: 'timed-out',
      other: 'passed',
    });
    const { verdict } = records.find(({ test }) => test.titlePath.join() === 'parent')!;
    assert.deepEqual(verdict, { kind: 'timed-out', limit: 'test', limitMs: 500 });
  });

  it('have one verdict even where each unit of the file finds them', async () => {
    // As of a hook of the file that makes a test: it runs for every test of the file.
    const script =
      '# test: a\n# test: b\nhello\nfound made\nstart made\nend made passed\nfor t in a b; do if wanted $t; then start $t; end $t passed; fi; done\nbye';
    bed = await open({ 'a.sh': script });
    for (const round of ['first', 'again']) {
      const { summary, verdicts, records } = await bed.run();
      assert.deepEqual(verdicts, { a: 'passed', b: 'passed', made: 'passed' }, round);
      assert.deepEqual(summary.counts, { passed: 3 });
      assert.deepEqual(
        records.flatMap(({ attributes }) => attributes),
        [],
      );
    }
    const chosen = await bed.run({}, bed.select('a', 'made'));
    assert.deepEqual(chosen.verdicts, { a: 'passed', made: 'passed' });
  });

  it('are not believed without having been told of', async () => {
    bed = await open({ 'a.sh': '# test: a\nhello\nstart ghost\nend ghost passed\nstart a\nend a passed\nbye' });
    const { verdicts, records } = await bed.run();
    assert.deepEqual(verdicts, { a: 'passed' });
    assert.match(JSON.stringify(records[0]?.attributes), /not asked for: ghost/);
  });
});
