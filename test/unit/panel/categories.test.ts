import assert from 'node:assert/strict';
import { barWidths } from '../../../src/panel/categories.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('the bar of categories', () => {
  it('shares its width as the counts are shared', () => {
    assert.deepEqual(barWidths([1, 3], 4), [250, 750]);
  });

  it('leaves room for what has not run yet', () => {
    assert.deepEqual(barWidths([1, 1], 4), [250, 250]);
  });

  it('shows one failure among 200,000 tests, and is no longer for it', () => {
    const widths = barWidths([1, 199_999], 200_000);
    assert.ok(widths[0]! >= 8);
    assert.ok(Math.abs(sum(widths) - 1000) < 0.001);
  });

  it('is empty without tests', () => {
    assert.deepEqual(barWidths([], 0), []);
  });
});
