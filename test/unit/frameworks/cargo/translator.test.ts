import assert from 'node:assert/strict';
import { CargoTranslator } from '../../../../src/frameworks/cargo/translator.ts';
import type { InsideBody } from '../../../../src/protocol/events.ts';
import type { TestInfo } from '../../../../src/protocol/tests.ts';

const test = (name: string) => {
  const titlePath = name.split('::');
  return {
    name,
    test: { key: name, framework: 'cargo', file: '/p/src/lib.rs', titlePath, ordinal: 0 } satisfies TestInfo,
  };
};

function translated(names: readonly string[], stdout: string, stderr = '', first = ''): string[] {
  const events: InsideBody[] = [];
  const translator = new CargoTranslator(names.map(test), '/p', event => events.push(event));
  translator.push(Buffer.from(first), 'stderr');
  for (const byte of Buffer.from(stdout)) translator.push(Buffer.of(byte), 'stdout');
  translator.push(Buffer.from(stderr), 'stderr');
  translator.end();
  return events.map(event => {
    const path = 'path' in event && event.path ? event.path.join('::') : '';
    const rest =
      event.t === 'end'
        ? `${event.state}${event.reason ? ` (${event.reason})` : ''}`
        : event.t === 'error'
          ? `${event.failure.text} at ${event.failure.file}:${event.failure.line}`
          : event.t === 'bye'
            ? String(event.code ?? 0)
            : '';
    return [event.t, path, rest].filter(Boolean).join(' ');
  });
}

const sum = (how: string) =>
  `\ntest result: ${how}. 1 passed; ${how === 'ok' ? 0 : 1} failed; 0 ignored; 0 measured; 0 filtered out\n\n`;

describe('what a test program of Rust prints', () => {
  it('tells of a start before the line ends', () => {
    assert.deepEqual(translated(['a'], '\nrunning 1 test\ntest a ... half a line'), ['hello', 'start a']);
  });

  it('has a result only where nothing of the test follows it', () => {
    const stdout = `test a ... ok\nFAILED\ntest b ... ok\nok\ntest b ... FAILED\n\nfailures:\n\nfailures:\n    not_ok\n${sum('FAILED')}`;
    assert.deepEqual(translated(['a', 'b'], stdout), [
      'hello',
      'start a',
      'end a failed',
      'start b',
      'end b failed',
      'bye 101',
      'error a It failed without a message. at undefined:undefined',
      'error b It failed without a message. at undefined:undefined',
    ]);
  });

  it('keeps a result that was printed behind output without an end of line', () => {
    assert.deepEqual(
      translated(['a'], `test a ... no endok\n${sum('ok')}`),
      ['hello', 'start a', 'end a passed', 'bye'].map(each => (each === 'bye' ? 'bye 0' : each)),
    );
  });

  it('is read where a process that a test left prints between any two words of the harness', () => {
    const pieces = [
      'test a ... ',
      'ok',
      '\n',
      'test b ... ',
      'FAILED',
      '\n',
      'test c ... ',
      'ok',
      '\n',
      '\ntest result: ',
    ];
    pieces.push('FAILED', '. 2 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\n');
    const events = [
      'hello',
      'start a',
      'end a passed',
      'start b',
      'end b failed',
      'start c',
      'end c passed',
      'bye 101',
    ];
    for (let place = 1; place < pieces.length; place++) {
      const stdout = pieces.toSpliced(place, 0, 'chatter\n').join('');
      const told = translated(['a', 'b', 'c'], stdout).filter(event => !event.startsWith('error'));
      assert.deepEqual(told, events, stdout);
    }
  });

  it('takes no sum of other tests for its own', () => {
    const nested = 'test a ... \ntest result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n';
    assert.deepEqual(translated(['a'], nested), ['hello', 'start a']);
  });

  it('has no end for a test in which the process ended, whatever it printed', () => {
    assert.deepEqual(translated(['a', 'b'], 'test a ... some\ntext\n'), ['hello', 'start a']);
    assert.deepEqual(translated(['a', 'b'], 'test a ... ok\n'), ['hello', 'start a']);
  });

  it('tells of ignored tests with their reason, and of none that were not asked for', () => {
    const stdout = `running 2 tests\ntest a ... ignored, too slow\ntest other ... ok\n${sum('ok')}`;
    assert.deepEqual(translated(['a'], stdout), ['hello', 'start a', 'end a skipped (too slow)', 'bye 0']);
  });

  it('finds the panic of each test by the name of its thread, when it comes late', () => {
    const stdout = `test m::a ... FAILED\ntest m::b ... FAILED\n\nfailures:\n${sum('FAILED')}`;
    const stderr = `
thread 'm::b' (12) panicked at src/lib.rs:7:5:
of b
with more
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace

thread 'm::a' panicked at 'it''s, of a', src/m.rs:3:9
`;
    assert.deepEqual(translated(['m::a', 'm::b'], stdout, stderr).slice(-2), [
      `error m::a it''s, of a at /p/src/m.rs:3`,
      'error m::b of b\nwith more at /p/src/lib.rs:7',
    ]);
  });

  it('explains a failure also by what was heard before its start', () => {
    const stdout = `test a ... FAILED\ntest b ... FAILED\n\nfailures:\n${sum('FAILED')}`;
    const stderr = `thread 'a' (1) panicked at src/lib.rs:2:2:\nof a\nError: "of b"\n`;
    const told = translated(['a', 'b'], stdout, '', stderr);
    assert.equal(told.at(-1), 'error b Error: "of b" at undefined:undefined');
    assert.ok(!told.some(each => each.startsWith('error a')), 'it has its own with its end');
  });

  it('takes the panics of the main thread in their order, as before Rust 1.64', () => {
    const stdout = `test a ... FAILED\ntest b ... FAILED\ntest c ... FAILED\n\nfailures:\n${sum('FAILED')}`;
    const stderr = `thread '<unnamed>' panicked at 'in a thread', src/lib.rs:1:1
thread 'main' panicked at 'of a', src/lib.rs:2:2
Error: "of b"
thread 'main' panicked at 'a termination value', /rustc/library/test/src/lib.rs:184:5
thread 'main' panicked at 'of
c', src/lib.rs:4:4
`;
    assert.deepEqual(translated(['a', 'b', 'c'], stdout, stderr).slice(-4), [
      'error a in a thread at /p/src/lib.rs:1',
      'error a of a at /p/src/lib.rs:2',
      'error b Error: "of b" at undefined:undefined',
      'error c of\nc at /p/src/lib.rs:4',
    ]);
  });

  it('leaves to each test what is its own, however late it comes', () => {
    const names = ['a', 'b', 'c', 'd'];
    const stdout = `test a ... FAILED\ntest b ... FAILED\ntest c - should panic ... FAILED\ntest d ... FAILED\n\nfailures:\n\n---- c stdout ----\nnote: of c\n\nfailures:\n${sum('FAILED')}`;
    const stderr = `
thread '<unnamed>' (2) panicked at src/lib.rs:1:1:
in a thread

thread 'a' (1) panicked at src/lib.rs:2:2:
of a
Error: "of b"
Error: "of d"
`;
    assert.deepEqual(
      translated(names, stdout, stderr).filter(each => each.startsWith('error')),
      [
        'error a of a at /p/src/lib.rs:2',
        'error b Error: "of b" at undefined:undefined',
        'error d Error: "of d" at undefined:undefined',
        'error c note: of c at undefined:undefined',
      ],
    );
  });

  it('gives no test the panic of one that was to panic, as before Rust 1.64', () => {
    const stdout = `test a - should panic ... ok\ntest b - should panic ... FAILED\ntest c ... FAILED\n\nfailures:\n\n---- b stdout ----\nnote: of b\n\nfailures:\n${sum('FAILED')}`;
    const stderr = `thread 'main' panicked at 'of a', src/lib.rs:1:1\nthread 'main' panicked at 'of c', src/lib.rs:3:3\n`;
    assert.deepEqual(translated(['a', 'b', 'c'], stdout, stderr).slice(-2), [
      'error c of c at /p/src/lib.rs:3',
      'error b note: of b at undefined:undefined',
    ]);
  });

  it('tells why a test failed that was to panic', () => {
    const stdout = `test a - should panic ... FAILED\n\nfailures:\n\n---- a stdout ----\nnote: test did not panic as expected\n\nfailures:\n    a\n${sum('FAILED')}`;
    assert.deepEqual(
      translated(['a'], stdout).at(-1),
      'error a note: test did not panic as expected at undefined:undefined',
    );
  });
});
