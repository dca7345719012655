import assert from 'node:assert/strict';
import { allRowsUpTo, rowAfterKey, scrollTo, type Strip, strips } from '../../../src/panel/virtual.ts';

const view = { top: 44 * 1000, height: 440, rowHeight: 44 };
const rowsIn = (all: readonly Strip[]) =>
  all.reduce((sum, strip) => sum + ('gap' in strip ? strip.gap : strip.rows[1] - strip.rows[0]), 0);

describe('the rows that are in the page', () => {
  it('are all of them up to 500', () => {
    assert.deepEqual(strips(allRowsUpTo, view, null), [{ rows: [0, allRowsUpTo] }]);
    assert.deepEqual(strips(0, view, null), []);
  });

  it('are those in view and a few more, and gaps stand for the others', () => {
    const all = strips(200_000, view, null);
    assert.deepEqual(all, [{ gap: 990 }, { rows: [990, 1020] }, { gap: 198_980 }]);
    assert.equal(rowsIn(all), 200_000);
  });

  it('always hold the row with the focus', () => {
    assert.deepEqual(strips(5000, view, 3), [
      { gap: 3 },
      { rows: [3, 4] },
      { gap: 986 },
      { rows: [990, 1020] },
      { gap: 3980 },
    ]);
    assert.deepEqual(strips(5000, view, 4999).slice(-2), [{ gap: 3979 }, { rows: [4999, 5000] }]);
    assert.equal(strips(5000, view, 1000).length, 3);
  });

  it('add up wherever one scrolls to', () => {
    for (const total of [501, 777, 10_000])
      for (const top of [-50, 0, 1, 44 * (total - 5), 44 * total, 1e9])
        for (const pinned of [null, 0, total - 1]) assert.equal(rowsIn(strips(total, { ...view, top }, pinned)), total);
  });
});

describe('going to a row', () => {
  it('scrolls no further than it must', () => {
    assert.equal(scrollTo(1002, view), view.top);
    assert.equal(scrollTo(999, view), 44 * 999);
    assert.equal(scrollTo(1010, view), 44 * 1001);
  });

  it('by key stays inside the table', () => {
    assert.equal(rowAfterKey('ArrowDown', 9, 10, 5), 9);
    assert.equal(rowAfterKey('ArrowUp', 0, 10, 5), 0);
    assert.equal(rowAfterKey('PageDown', 3, 10, 5), 8);
    assert.equal(rowAfterKey('PageUp', 3, 10, 5), 0);
    assert.equal(rowAfterKey('End', 3, 10, 5), 9);
    assert.equal(rowAfterKey('Home', 3, 10, 5), 0);
    assert.equal(rowAfterKey('x', 3, 10, 5), null);
    assert.equal(rowAfterKey('End', 0, 0, 5), null);
  });
});
