import assert from 'node:assert/strict';
import { answer } from '../../../src/agents/answer.ts';
import { ToolProblem } from '../../../src/agents/input.ts';
import { mebibyte, sampleRecord } from '../reports/samples.ts';
import { PretendEngine, test } from './engine.ts';

const never = new AbortController().signal;
const run = (engine: PretendEngine, input: object = {}, mostCharacters?: number) =>
  answer({ tool: 'run_tests_safely', input, signal: never, ...(mostCharacters ? { mostCharacters } : {}) }, engine);

const failed = (number: number, text = `boom ${number}`) =>
  sampleRecord(
    { kind: 'failed' },
    {
      test: { ...test('/w/test/a.test.js', 'suite', `test ${number}`), key: `k${number}` },
      messages: [{ text, line: 9 }],
      why: ['The framework reported the test as failed.', 'The process ended with code 1.'],
    },
  );

describe('run_tests_safely', () => {
  it('tells the counts first, and then each test that did not pass with its numbers and evidence', async () => {
    const engine = new PretendEngine();
    const verdict = {
      kind: 'out-of-memory',
      cause: 'kernel',
      capBytes: 128 * mebibyte,
      peakBytes: 128 * mebibyte,
    } as const;
    const hog = sampleRecord(verdict, { why: ['The kernel killed it for memory once.'] });
    engine.results = [[sampleRecord({ kind: 'passed' }), failed(1, 'AssertionError: 1 is not 2\n  at somewhere'), hog]];
    const text = await run(engine);
    assert.deepEqual(text.split('\n').slice(0, 2), [
      '2 tests of 3 did not pass.',
      '1 passed, 1 failed, 1 out of memory; 1.2 s.',
    ]);
    assert.match(text, /1\. \[failed\] suite › test 1 \(test\/a\.test\.js:3\)\n {3}Failed after 400 ms, peak 41 MiB/);
    assert.match(text, /Message: AssertionError: 1 is not 2 \(line 9\)\n {3}Evidence: The framework reported/);
    assert.match(
      text,
      /2\. \[out-of-memory\] suite › test \(test\/a\.test\.js:7\)\n {3}Out of memory: killed by the kernel/,
    );
    assert.match(text, /Evidence: The kernel killed it for memory once\./);
    assert.doesNotMatch(text, /somewhere/);
  });

  it('says of a run without failures no more than that, and tells of what it left behind', async () => {
    const engine = new PretendEngine();
    assert.equal(await run(engine), 'No test of 1 failed.\n1 passed; 1.2 s.');
    const left = { kind: 'leaked-processes', total: 1, processes: [] } as const;
    engine.results = [[sampleRecord({ kind: 'passed' }, { attributes: [left] })]];
    assert.match(await run(engine), /^No test of 1 failed\.\n1 passed; 1\.2 s\.\n\n1\. \[passed\] suite › test/);
  });

  it('never answers with more characters than there is room for, and says how many tests it left out', async () => {
    const engine = new PretendEngine();
    engine.results = [Array.from({ length: 10_000 }, (_, i) => failed(i, 'x'.repeat(10_000)))];
    for (const most of [2_000, 16_000]) {
      const text = await run(engine, {}, most);
      assert.ok(text.length <= most, `${text.length} characters`);
      const told = text.match(/^\d+\. /gm)?.length ?? 0;
      assert.ok(
        told > 1 && text.includes(`And ${(10_000 - told).toLocaleString('en-US')} more tests`),
        text.slice(-200),
      );
    }
  });

  it('runs the files and folders that are named, and no others', async () => {
    const engine = new PretendEngine();
    await run(engine, { files: ['test/sub', '/w/spec/c.js'] });
    assert.deepEqual(engine.runs[0]?.selection, {
      kind: 'some',
      projects: [{ project: 'mocha:w:.', files: [{ file: '/w/test/sub/b.test.js' }, { file: '/w/spec/c.js' }] }],
    });
    await run(engine);
    assert.deepEqual(engine.runs[1]?.selection, { kind: 'all' });
  });

  it('does not take a folder for another one whose name begins like it, nor what is outside', async () => {
    const engine = new PretendEngine();
    for (const file of ['tes', 'test/su', '../v', '/etc', 'test/a.test.js/x'])
      await assert.rejects(
        run(engine, { files: [file] }),
        /Not a test file, nor a folder with test files: .*Test files are: test\/a\.test\.js/,
      );
    assert.equal(engine.runs.length, 0);
  });

  it('finds tests by a part of their full title, in the files that are named', async () => {
    const engine = new PretendEngine();
    const wanted = test('/w/test/a.test.js', 'Cart', 'adds items');
    engine.tests = [wanted, test('/w/test/a.test.js', 'Cart', 'is empty'), test('/w/spec/c.js', 'Cart', 'adds items')];
    await run(engine, { files: ['test/a.test.js'], names: ['cart adds'] });
    assert.deepEqual(engine.discovered, ['/w/test/a.test.js']);
    assert.deepEqual(engine.runs[0]?.selection, {
      kind: 'some',
      projects: [{ project: 'mocha:w:.', files: [{ file: '/w/test/a.test.js', tests: [wanted.key] }] }],
    });
    await assert.rejects(run(engine, { names: ['subtracts'] }), /No test in 3 files has a title with "subtracts"/);
  });

  it('puts memory and time above the settings, and says so', async () => {
    const engine = new PretendEngine();
    const text = await run(engine, { memory: '256 MiB', timeout: '5s' });
    assert.deepEqual(engine.runs[0]?.overrides, { memory: 256 * mebibyte, timeout: 5000 });
    assert.match(text, /Each test had: memory cap 256 MiB, time limit 5 s\./);
  });

  it('repeats, and tells how often each test did not pass', async () => {
    const engine = new PretendEngine();
    engine.results = [[failed(1)], [sampleRecord({ kind: 'passed' })], [failed(1)], [sampleRecord({ kind: 'passed' })]];
    const text = await run(engine, { repeat: 4 });
    assert.equal(engine.runs.length, 4);
    assert.match(text, /2 passed, 2 failed; 4 runs, 4\.8 s/);
    assert.match(text, /1\. \[failed\] suite › test 1 .* in 2 of 4 runs; the first time:/);
  });

  it('stops repeating when it is cancelled, and begins nothing that was cancelled before', async () => {
    const engine = new PretendEngine();
    const cancel = new AbortController();
    const record = engine.results[0]!;
    engine.results = [record, record, record];
    const running = engine.run.bind(engine);
    engine.run = async order => {
      const end = await running(order);
      if (engine.runs.length === 2) cancel.abort();
      return end;
    };
    const call = () => answer({ tool: 'run_tests_safely', input: { repeat: 50 }, signal: cancel.signal }, engine);
    await call();
    assert.equal(engine.runs.length, 2);
    await assert.rejects(call(), /No test has run\. It was cancelled\./);
    assert.equal(engine.runs.length, 2);
  });

  it('says when the run did not come to its end', async () => {
    const engine = new PretendEngine();
    engine.died = "Bulkhead's warden was killed by SIGKILL.";
    await assert.rejects(run(engine), /No test has run\. Bulkhead's warden was killed/);
    engine.listed = [];
    await assert.rejects(run(engine), /No test files were found/);
  });

  for (const [input, says] of [
    [{ file: 'a' }, /There is no argument "file"\. There are: files, names/],
    [{ files: 'a' }, /"files" must be a list of texts/],
    [{ files: [''] }, /"files" must be a list of texts that are not empty/],
    [{ names: Array(101).fill('x') }, /"names" may have 100 entries, got 101/],
    [{ memory: 'much' }, /"memory": expected a size/],
    [{ timeout: '1 fortnight' }, /"timeout": expected a time/],
    [{ repeat: 51 }, /"repeat" must be a whole number from 1 to 50/],
    [{ repeat: 1.5 }, /"repeat" must be a whole number/],
    ['run', /The arguments must be an object/],
    [['a'], /The arguments must be an object/],
  ] as const)
    it(`says how to mend ${JSON.stringify(input).slice(0, 40)}`, async () => {
      const engine = new PretendEngine();
      await assert.rejects(run(engine, input as object), (error: Error) => {
        assert.ok(error instanceof ToolProblem);
        assert.match(error.message, says);
        return true;
      });
      assert.equal(engine.runs.length, 0);
    });
});
