import assert from 'node:assert/strict';
import { Records } from '../../../src/cli/records.ts';
import { sampleRecord } from '../reports/samples.ts';

describe('the records kept for reports', () => {
  const printing = (text: string) => sampleRecord({ kind: 'passed' }, { output: { text, droppedBytes: 1 } });

  it('are none when no report is wanted', () => {
    const records = new Records(false);
    records.add(printing('x'));
    assert.deepEqual(records.all, []);
  });

  it('lose output, never tests, when all of it would be too much, and say so', () => {
    const records = new Records(true, 5);
    for (const text of ['abc', 'dé', 'ü', '']) records.add(printing(text));
    assert.deepEqual(
      records.all.map(({ output }) => output),
      [
        { text: 'abc', droppedBytes: 1 },
        { text: 'dé', droppedBytes: 1 },
        { text: '', droppedBytes: 3 },
        { text: '', droppedBytes: 1 },
      ],
    );
    assert.equal(records.shortened, 1);
  });
});
