import assert from 'node:assert/strict';
import { difference, type Piece } from '../../../src/panel/difference.ts';

const marked = (pieces: readonly Piece[]) => pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join('');
const both = (expected: string, actual: string) => {
  const pieces = difference(expected, actual);
  return [marked(pieces.expected), marked(pieces.actual)];
};

describe('the difference of two texts', () => {
  it('marks whole words and numbers', () => {
    assert.deepEqual(both('the tax is 19 €', 'the tax is 18.99 €'), ['the tax is [19] €', 'the tax is [18.99] €']);
    assert.deepEqual(both('same', 'same'), ['same', 'same']);
  });

  it('goes line by line where the lines are as many', () => {
    assert.deepEqual(both('{\n  a: 1,\n  b: 2\n}', '{\n  a: 3,\n  b: 4\n}'), [
      '{\n  a: [1],\n  b: [2]\n}',
      '{\n  a: [3],\n  b: [4]\n}',
    ]);
  });

  it('marks what is only on one side', () => {
    assert.deepEqual(both('a\nb\nc', 'a\nc'), ['a\n[b\n]c', 'a\nc']);
    assert.deepEqual(both('', 'x'), ['', '[x]']);
  });

  it('never parts a character', () => {
    const { expected } = difference('x😀', 'x😁');
    assert.ok(expected.every(({ text }) => text.isWellFormed()));
  });

  it('loses nothing', () => {
    const pieces = difference('one two\nthree', 'one\ntwo three\nfour');
    assert.equal(pieces.expected.map(piece => piece.text).join(''), 'one two\nthree');
    assert.equal(pieces.actual.map(piece => piece.text).join(''), 'one\ntwo three\nfour');
  });
});
