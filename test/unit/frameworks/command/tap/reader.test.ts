import assert from 'node:assert/strict';
import { tapLine } from '../../../../../src/frameworks/command/tap/line.ts';
import { TapReader, type TapTest } from '../../../../../src/frameworks/command/tap/reader.ts';

function read(document: string) {
  const tests: TapTest[] = [];
  const reader = new TapReader(
    test => tests.push(test),
    () => {},
  );
  for (const line of document.split('\n')) reader.push(line);
  reader.end();
  return { tests, account: reader.account };
}

const shape = (test: TapTest): unknown =>
  test.children.length === 0 ? test.title : { [test.title]: test.children.map(shape) };

describe('a line of TAP', () => {
  it('may leave out the number, the dash and the description', () => {
    const titles = ['ok', 'ok 1', 'not ok 2 - a', 'ok - b', 'ok c', 'ok 3 d # 4'].map(text => {
      const line = tapLine(text);
      return line.kind === 'result' ? [line.ok, line.number, line.title] : line.kind;
    });
    assert.deepEqual(titles, [
      [true, null, ''],
      [true, 1, ''],
      [false, 2, 'a'],
      [true, null, 'b'],
      [true, null, 'c'],
      [true, 3, 'd # 4'],
    ]);
  });

  it('is nothing of TAP when it only begins like it', () => {
    for (const text of ['okay', 'not okay', 'ok1', '1..x', '1..2 and more', 'bail out!', ' ok'])
      assert.equal(tapLine(text).kind, 'noise', text);
  });
});

describe('a document of TAP', () => {
  it('has YAML that may be cut off at any place', () => {
    const whole = 'not ok 1 - a\n  ---\n  message: "m"\n  deep:\n    ok 9 - not a test\n  ...\nok 2 - b\n1..2';
    assert.deepEqual(read(whole).tests.map(shape), ['a', 'b']);
    assert.match(read(whole).tests[0]!.diagnosis, /not a test/);
    assert.deepEqual(read('not ok 1 - a\n  ---\n  message: "m"\nok 2 - b').tests.map(shape), ['a', 'b']);
    assert.deepEqual(read('not ok 1 - a\n  ---\n  message:').tests.map(shape), ['a']);
  });

  it('has sub-tests before their test or in its braces, and some whose test never came', () => {
    const document = '    ok 1 - x\nok 1 - a\nok 2 - b {\n    ok 1 - y\n}\n    ok 1 - z';
    assert.deepEqual(read(document).tests.map(shape), [{ a: ['x'] }, { b: ['y'] }, 'z']);
    const open = read('ok 1 - b {\n    ok 1 - y');
    assert.deepEqual(open.tests.map(shape), [{ b: ['y'] }]);
    assert.equal(open.tests[0]!.ok, false);
  });

  it('fails a test whose sub-tests are not as many as planned', () => {
    assert.deepEqual(
      read('    1..3\n    ok 1 - x\nok 1 - a').tests.map(({ ok }) => ok),
      [false],
    );
  });

  it('never fails to be read', () => {
    for (const text of ['\0\xff', '}\n}\n}', '  ---\n  ...', `${' '.repeat(9000)}ok 1`, '1..1\n1..2', 'ok\r'])
      assert.doesNotThrow(() => read(text));
    assert.deepEqual(read('1..1\n1..2').account.faults, ['there is a second plan']);
  });
});
