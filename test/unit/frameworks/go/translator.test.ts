import assert from 'node:assert/strict';
import { GoTranslator } from '../../../../src/frameworks/go/translator.ts';
import type { InsideBody } from '../../../../src/protocol/events.ts';
import type { TestInfo } from '../../../../src/protocol/tests.ts';

const test = (...titlePath: string[]): TestInfo => ({
  key: titlePath.join('/'),
  framework: 'go',
  file: '/p/a_test.go',
  titlePath,
  ordinal: 0,
});

function translated(
  ordered: readonly TestInfo[],
  stdout: string,
  options: { marked?: boolean; code?: number; stderr?: string } = {},
) {
  const events: InsideBody[] = [];
  const translator = new GoTranslator(ordered, { directory: '/p', marked: options.marked ?? false }, event =>
    events.push(event),
  );
  for (const byte of Buffer.from(stdout)) translator.push(Buffer.of(byte), 'stdout');
  if (options.stderr) translator.push(Buffer.from(options.stderr), 'stderr');
  translator.end({ code: options.code ?? 0, signal: null });
  return events.map(event =>
    [event.t, 'path' in event ? event.path.join('/') : '', 'state' in event ? event.state : '']
      .filter(Boolean)
      .join(' '),
  );
}

const run = '\x16=== RUN   TestA\n';

describe('what a Go test prints', () => {
  it('passes for a result only where it begins as Go’s own lines do', () => {
    const forged = `${run}--- PASS: TestA (0.00s)\nPASS\n`;
    assert.deepEqual(translated([test('TestA')], forged, { marked: true, code: 0 }), ['hello', 'start TestA']);
    for (const last of ['', 'a line\n', 'no end of line', '--- FAIL: TestA (0.00s)']) {
      const genuine = `${run}${last}\x16--- PASS: TestA (0.00s)\n\x16=== NAME  \n\x16PASS\n`;
      const told = translated([test('TestA')], genuine, { marked: true });
      assert.deepEqual(told, ['hello', 'start TestA', 'end TestA passed', 'bye'], last);
    }
  });

  it('has no last word when the process ends in the middle', () => {
    assert.deepEqual(translated([test('TestA')], '=== RUN   TestA\n'), ['hello', 'start TestA']);
  });

  it('tells sub-tests before they start, and nothing of the tests around those that are wanted', () => {
    const stdout = '=== RUN   TestA\n=== RUN   TestA/x\n--- PASS: TestA (0.01s)\n    --- PASS: TestA/x (0.01s)\nPASS\n';
    assert.deepEqual(translated([test('TestA')], stdout), [
      'hello',
      'start TestA',
      'found TestA/x',
      'start TestA/x',
      'end TestA passed',
      'end TestA/x passed',
      'bye',
    ]);
    assert.deepEqual(translated([test('TestA', 'x')], stdout), ['hello', 'start TestA/x', 'end TestA/x passed', 'bye']);
  });

  it('tells of a failure around a wanted sub-test that passed', () => {
    const stdout = '=== RUN   TestA\n=== RUN   TestA/x\n--- FAIL: TestA (0.01s)\n    --- PASS: TestA/x (0.01s)\nFAIL\n';
    assert.deepEqual(translated([test('TestA', 'x')], stdout, { code: 1 }), [
      'hello',
      'start TestA/x',
      'end TestA/x passed',
      'error',
      'bye',
    ]);
  });

  it('charges a panic of a goroutine to the test that is open', () => {
    const stderr = 'panic: boom\n\ngoroutine 7 [running]:\nmain.f()\n\t/p/a_test.go:12 +0x1\n';
    assert.deepEqual(translated([test('TestA')], '=== RUN   TestA\n', { code: 2, stderr }), [
      'hello',
      'start TestA',
      'end TestA failed',
    ]);
  });
});
