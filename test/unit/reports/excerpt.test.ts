import assert from 'node:assert/strict';
import { firstLine, grouped, oneLine, plural, tail, withoutControls } from '../../../src/reports/excerpt.ts';

describe('text that a test wrote', () => {
  it('cannot colour, move, ring, rename or hide', () => {
    const wild = '\x1b[31mred\x1b[0m \x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x07\x00\x9b2J\tb\r\nc\rd';
    assert.equal(withoutControls(wild), 'red alink2J\tb\nc\nd');
  });

  it('fits one line of a given length', () => {
    assert.equal(oneLine(' a \n\n b '), 'a b');
    assert.equal(oneLine('abcdef', 4), 'abc…');
    assert.equal(oneLine('abcd', 4), 'abcd');
    assert.equal(oneLine(`${' '.repeat(1e6)}x`, 4), '…');
  });

  it('groups the digits of a number', () => {
    for (const count of [0, 7, 999, 1_000, 12_345, 200_000, 1_234_567])
      assert.equal(grouped(count), count.toLocaleString('en-US'));
  });

  it('gives its first line that says something', () => {
    assert.equal(firstLine('\n \n  what\nelse'), 'what');
    assert.equal(firstLine(''), '');
  });

  it('gives its last lines, and says when there were more', () => {
    assert.deepEqual(tail('a\nb\nc\n', 2, 100), { text: 'b\nc', cut: true });
    assert.deepEqual(tail('a\nb\n\n', 2, 100), { text: 'a\nb', cut: false });
    assert.deepEqual(tail('x'.repeat(10), 2, 3), { text: 'xxx', cut: true });
  });

  it('is counted in words', () => {
    assert.deepEqual(
      [plural(1, 'test'), plural(0, 'test'), plural(1234, 'process', 'processes')],
      ['1 test', '0 tests', '1,234 processes'],
    );
  });
});
