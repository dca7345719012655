import assert from 'node:assert/strict';
import { listedTests } from '../../../../src/frameworks/ctest/listing.ts';
import { ctestResult } from '../../../../src/frameworks/ctest/result.ts';
import { CtestTranslator } from '../../../../src/frameworks/ctest/translator.ts';
import type { InsideBody } from '../../../../src/protocol/events.ts';

describe('the list of ctest', () => {
  it('places a test where its function was called, and numbers it', () => {
    const nodes = [
      { file: 0 },
      { file: 0, line: 8, command: 1, parent: 0 },
      { file: 1, line: 2, command: 0, parent: 1 },
    ];
    const properties = [
      { name: 'WILL_FAIL', value: true },
      { name: 'LABELS', value: ['slow', 'db'] },
    ];
    const json = JSON.stringify({
      backtraceGraph: { commands: [], files: ['/p/CMakeLists.txt', '/p/add.cmake'], nodes },
      tests: [{ name: 'a', backtrace: 2, properties }, { name: 'a' }],
    });
    assert.deepEqual(listedTests(json, '/p/build'), [
      { name: 'a', number: 1, tags: ['@slow', '@db'], willFail: true, file: '/p/CMakeLists.txt', line: 8 },
      { name: 'a', number: 2, tags: [], willFail: false, file: '/p/build/CTestTestfile.cmake' },
    ]);
  });

  it('is no list when it is something else', () => {
    for (const text of ['', '{}', 'No tests were found!!!']) assert.throws(() => listedTests(text, '/p'));
  });
});

describe('what ctest says of a test', () => {
  it('is read in all of its forms', () => {
    const how = (rest: string) => ctestResult(rest)?.how;
    assert.equal(how(' ....   Passed    0.22 sec'), 'passed');
    assert.equal(how(' ....***Failed    0.14 sec'), 'failed');
    assert.equal(how('***Skipped   0.07 sec'), 'skipped');
    assert.equal(how(' ....***Not Run (Disabled)   0.00 sec'), 'disabled');
    assert.equal(how(' ....***Not Run   0.00 sec'), 'not-run');
    assert.equal(how(' ....***Timeout   1.03 sec'), 'timeout');
    assert.deepEqual(how(' ....***Exception: SegFault  0.09 sec'), { signal: 'SIGSEGV' });
    assert.deepEqual(how(' ....Subprocess killed***Exception:   0.10 sec'), { signal: 'SIGKILL' });
    assert.equal(how(' ....***Failed  Required regular expression not found. Regex=[x'), 'failed');
    assert.equal(how(' and more ....'), undefined);
    assert.equal(ctestResult(' ....   Passed    0.22 sec')?.ms, 220);
  });

  it('is over with the summary, also as CMake 4.4 writes it where all passed', () => {
    for (const summary of ['100% tests passed, 0 tests failed out of 1', '100% tests passed out of 1']) {
      const events: InsideBody[] = [];
      const translator = new CtestTranslator([], event => events.push(event));
      translator.push(Buffer.from(`\n${summary}\n`), 'stdout');
      assert.deepEqual(events.at(-1), { t: 'bye' }, summary);
    }
  });

  it('is told of a name of any length, and is not the rest of a long line of the test', () => {
    const events: InsideBody[] = [];
    const name = 'x'.repeat(1_000_000);
    const test = { key: 'k', framework: 'ctest', file: '/p', titlePath: [name], ordinal: 0 };
    const translator = new CtestTranslator([{ test, number: 1, willFail: false }], event => events.push(event));
    translator.push(Buffer.from(`    Start 1: ${name}\n1: ${'y'.repeat(1_064 * 1024)}`), 'stdout');
    translator.push(Buffer.from(`1/1 Test #1: ${name} ....   Passed    0.01 sec\n`), 'stdout');
    translator.push(Buffer.from(`1/1 Test #1: ${name} ....***Failed    0.01 sec\n`), 'stdout');
    assert.deepEqual(
      events.map(event => [event.t, 'state' in event ? event.state : '']),
      [
        ['hello', ''],
        ['start', ''],
        ['end', 'failed'],
      ],
    );
  });

  it('is not what the test prints, nor what another test of that number is', () => {
    const events: InsideBody[] = [];
    const test = { key: 'k', framework: 'ctest', file: '/p', titlePath: ['a'], ordinal: 0 };
    const translator = new CtestTranslator([{ test, number: 1, willFail: false }], event => events.push(event));
    const print = (text: string) => translator.push(Buffer.from(text), 'stdout').toString();
    const printed = print(
      '    Start 1: a\n\n1: Test command: x\n1: 1/1 Test #1: a ....   Passed    0.01 sec\n1:     Start 2: b\n',
    );
    assert.equal(printed, '1/1 Test #1: a ....   Passed    0.01 sec\n    Start 2: b\n');
    assert.deepEqual(
      events.map(({ t }) => t),
      ['hello', 'start'],
    );
    print('1/1 Test #1: a ....***Failed    0.01 sec\n\n0% tests passed, 1 tests failed out of 1\n');
    assert.deepEqual(events.at(-1), { t: 'bye', code: 8 });
    const other: InsideBody[] = [];
    const renamed = new CtestTranslator([{ test, number: 1, willFail: false }], event => other.push(event));
    renamed.push(Buffer.from('    Start 1: b\n1/1 Test #1: b ....   Passed    0.01 sec\n'), 'stdout');
    assert.deepEqual(
      other.map(({ t }) => t),
      ['hello'],
    );
  });
});
