import assert from 'node:assert/strict';
import { summaryText } from '../../../src/cli/summary-text.ts';
import { strongCage, sampleReport, weakCage } from '../reports/samples.ts';
import { FakeScreen } from './screen.ts';

describe('the end of a run', () => {
  const { summary } = sampleReport([]);
  const terminal = new FakeScreen().terminal();
  const failed = (kind: 'failed' | 'lost', index: number) => ({ kind, title: `test ${index}`, place: 'a.js:1' });

  it('lists failures by category, the totals, the cage and the journal', () => {
    const counts = { passed: 1407, failed: 1, lost: 1 };
    const text = summaryText(
      { ...summary, planned: 1409, counts, leaked: 2 },
      [failed('failed', 1), failed('lost', 2)],
      strongCage,
      terminal,
    );
    assert.equal(
      text,
      `
Failed (1)
  test 1  a.js:1

Lost (1)
  test 2  a.js:1

1,409 tests: 1,407 passed, 1 failed, 1 lost in 1.5 s
2 tests left processes running, which were killed
Cage: control groups, version 2
Journal: /w/.bulkhead/runs/run-1/journal.ndjson`,
    );
  });

  it('bounds what it lists', () => {
    const many = Array.from({ length: 5000 }, (_, index) => failed('failed', index));
    const text = summaryText({ ...summary, planned: 5000, counts: { failed: 5000 } }, many, strongCage, terminal);
    assert.match(text, /^Failed \(5,000\)$/m);
    assert.match(text, /^ {2}and 4,980 more$/m);
  });

  it('explains a cage that does not enforce everything, a stop, and a journal that is not complete', () => {
    const text = summaryText({ ...summary, cancelled: true, journal: null }, [], weakCage, terminal);
    assert.match(text, /0 tests in 1\.5 s, stopped before its end/);
    assert.match(text, /Memory cap: watched/);
    assert.match(text, /The journal of this run is not complete\./);
  });
});
