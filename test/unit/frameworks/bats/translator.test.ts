import assert from 'node:assert/strict';
import { BatsTranslator } from '../../../../src/frameworks/bats/translator.ts';
import type { InsideBody } from '../../../../src/protocol/events.ts';

function translated(names: readonly string[], stdout: string, end: { code?: number; stderr?: string } = {}) {
  const events: InsideBody[] = [];
  const tests = names.map((name, index) => ({
    key: name,
    framework: 'bats',
    file: '/p/a.bats',
    titlePath: [name],
    ordinal: 0,
    line: index + 1,
  }));
  const translator = new BatsTranslator(tests, event => events.push(event));
  for (const byte of Buffer.from(stdout)) translator.push(Buffer.of(byte), 'stdout');
  if (end.stderr) translator.push(Buffer.from(end.stderr), 'stderr');
  translator.end({ code: end.code ?? 0, signal: null });
  return events;
}

const brief = (events: readonly InsideBody[]) =>
  events.map(event =>
    [event.t, 'path' in event ? event.path[0] : '', 'state' in event ? event.state : ''].filter(Boolean).join(' '),
  );

describe('what bats prints', () => {
  it('is told test by test, with a failure and its place when all of it is there', () => {
    const stdout =
      '1..2\nsuite /p/a.bats\nbegin 1 a\nok 1 a in 5ms\nbegin 2 b\nnot ok 2 b in 7ms\n' +
      "# (in test file p/a.bats, line 9)\n#   `false' failed\n# its output\n";
    const events = translated(['a', 'b'], stdout, { code: 1 });
    assert.deepEqual(brief(events), ['hello', 'start a', 'end a passed', 'start b', 'end b failed', 'bye']);
    const end = events.at(-2)!;
    assert.ok(end.t === 'end');
    assert.deepEqual(end.failures, [
      { text: "(in test file p/a.bats, line 9)\n  `false' failed\nits output", file: '/p/a.bats', line: 9 },
    ]);
    assert.deepEqual(events.at(-1), { t: 'bye', code: 1 });
  });

  it('passes for a result only with the number of the test that runs', () => {
    const forged = '1..2\nbegin 1 a\nok 2 b in 1ms\nbegin 2000 b\nok 3 c in 1ms\n1..0\nok\nnot ok x\n';
    assert.deepEqual(brief(translated(['a', 'b'], forged)), ['hello', 'start a']);
  });

  it('has no last word when it ends in the middle', () => {
    assert.deepEqual(brief(translated(['a', 'b'], '1..2\nbegin 1 a\nok 1 a in 1ms\nbegin 2 b\n')), [
      'hello',
      'start a',
      'end a passed',
      'start b',
    ]);
  });

  it('has a test without a result whose process was killed, and bash has the signal', () => {
    const stderr =
      '/usr/libexec/bats-core/bats-exec-file: line 214: 77 Killed                  "$BATS_LIBEXEC/bats-exec-test" "$@"\n';
    const stdout = '1..2\nbegin 1 a\nbegin 2 b\nok 2 b in 1ms\n';
    const events = translated(['a', 'b'], stdout, { code: 1, stderr });
    assert.deepEqual(brief(events), ['hello', 'start a', 'start b', 'end b passed', 'end a failed', 'bye']);
    assert.ok(events.some(event => event.t === 'end' && event.died?.signal === 'SIGKILL'));
  });

  it('is an error where there is no plan, whatever else is there', () => {
    for (const garbage of ['', 'Error: Duplicate test name(s)\n', '\0\xff\r\nok 1 a\n', 'x'.repeat(200_000)]) {
      assert.deepEqual(brief(translated(['a'], garbage, { code: 1 })), ['hello', 'error']);
    }
  });

  it('keeps a description with a hash apart from a skip', () => {
    const stdout =
      '1..2\nbegin 1 a in 3ms # skip x\nok 1 a in 3ms # skip x in 5ms\nbegin 2 b\nok 2 of this: b in 6ms # skip not here\n';
    const events = translated(['a', 'b'], stdout);
    assert.deepEqual(brief(events), ['hello', 'start a', 'end a passed', 'start b', 'end b skipped', 'bye']);
    assert.ok(events.some(event => event.t === 'end' && event.reason === 'not here'));
  });
});

describe('what bats says of a test', () => {
  it('comes after as many beginnings as there were tries', () => {
    const stdout = '1..2\nbegin 1 a\nbegin 1 a\nok 1 a in 1ms\nbegin 2 b\nbegin 2 b\nnot ok 2 b in 1ms\n';
    const ends = translated(['a', 'b'], stdout, { code: 1 }).filter(event => event.t === 'end');
    assert.deepEqual(
      ends.map(({ state, retries }) => [state, retries]),
      [
        ['passed', 1],
        ['failed', 1],
      ],
    );
  });

  it('includes its own limit of time', () => {
    const stdout = '1..1\nbegin 1 a\nnot ok 1 a in 1002ms # timeout after 1s\n# (in test file p/a.bats, line 2)\n';
    const end = translated(['a'], stdout, { code: 1 }).find(event => event.t === 'end');
    assert.match(end?.failures?.[0]?.text ?? '', /^timeout after 1s\n/);
  });

  it('is nothing that another test can say for it', () => {
    const stdout =
      '1..2\nbegin 1 a\nok 1 b in 1ms\nok 1 a in 2ms\nbegin 2 b\nok 2 b in 1ms\n# bats warning: Executed 3 instead of expected 2 tests\n';
    const events = translated(['a', 'b'], stdout, { code: 1 });
    const error = events.find(event => event.t === 'error');
    assert.deepEqual([error?.phase, error?.path], ['teardown', ['a']]);
  });
});
