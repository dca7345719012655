import assert from 'node:assert/strict';
import { courseOf, panelCourse, type Ran, spanAt } from '../../../src/panel/spans.ts';

const MiB = 1024 ** 2;

function ran(key: string, startedAt: number | null, durationMs: number | null, changes: Partial<Ran> = {}): Ran {
  return {
    key,
    kind: 'passed',
    startedAt,
    durationMs,
    peakMemoryBytes: 10 * MiB,
    memoryCapBytes: 100 * MiB,
    ...changes,
  };
}

describe('what ran beside what', () => {
  it('has as many lanes as tests were at work at once, and those that never began in none', () => {
    const course = courseOf([
      ran('second', 5_100, 900),
      ran('first', 5_000, 500),
      ran('third', 5_501, 400),
      ran('skipped', null, null, { kind: 'skipped' }),
    ]);
    assert.deepEqual(
      course.spans.map(({ record, lane, from, to }) => [record.key, lane, from, to]),
      [
        ['first', 0, 0, 500],
        ['second', 1, 100, 1000],
        ['third', 0, 501, 901],
      ],
    );
    assert.deepEqual([course.lanes, course.ms], [2, 1000]);
  });

  it('counts in each part what began and failed, and the most that was at work and used', () => {
    const { loads } = courseOf(
      [
        ran('a', 0, 500),
        ran('b', 100, 100, { kind: 'failed', peakMemoryBytes: 70 * MiB }),
        ran('c', 750, 250, { peakMemoryBytes: null, memoryCapBytes: null }),
      ],
      4,
    );
    assert.deepEqual(
      loads.map(([begun, failed, atOnce, peaks, caps]) => [begun, failed, atOnce, peaks / MiB, caps / MiB]),
      [
        [2, 1, 2, 80, 200],
        [0, 0, 1, 10, 100],
        [0, 0, 1, 10, 100],
        [1, 0, 1, 0, 0],
      ],
    );
  });

  it('adds up no tests that ran one after the other, however many of them fall into one part', () => {
    const { loads, lanes } = courseOf(
      Array.from({ length: 1000 }, (_, i) => ran(`t${i}`, i * 10, 10)),
      5,
    );
    assert.equal(lanes, 1);
    assert.deepEqual(
      loads.map(([begun, , atOnce, , caps]) => [begun, atOnce, caps]),
      Array(5).fill([200, 1, 100 * MiB]),
    );
  });

  it('counts a test that took no time', () => {
    const { loads, lanes } = courseOf([ran('a', 100, 0), ran('b', 100, 0)], 1);
    assert.equal(lanes, 1);
    assert.deepEqual([loads[0]![0], loads[0]![2]], [2, 1]);
    assert.equal(panelCourse(courseOf([])).lanes, 0);
  });

  it('is as small for 200,000 tests as it can be seen', () => {
    const tests = Array.from({ length: 200_000 }, (_, i) =>
      ran(`t${i}`, Math.floor(i / 8) * 20, 20, i % 97 === 0 ? { kind: 'failed' } : {}),
    );
    const course = panelCourse(courseOf(tests));
    assert.deepEqual([course.tests, course.failed, course.lanes], [200_000, 2062, 8]);
    const size = JSON.stringify(course).length;
    assert.ok(size < 300_000, `${size} characters`);
    assert.equal(
      course.loads.reduce((sum, [begun]) => sum + begun, 0),
      200_000,
    );
  });

  it('finds the test at a place, or the nearest of its lane', () => {
    const course = courseOf([ran('a', 0, 500), ran('b', 100, 100), ran('c', 700, 300)]);
    const at = (lane: number, ms: number) => spanAt(course, lane, ms)?.record.key;
    assert.deepEqual([at(0, 250), at(1, 150), at(0, 650), at(1, 900), at(7, 1)], ['a', 'b', 'c', 'b', undefined]);
  });
});
