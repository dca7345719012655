import assert from 'node:assert/strict';
import { countText, FileCounts, hiddenText, mostItems, mostOfFile } from '../../../src/editor/file-counts.ts';

describe('files of a run that do not list all of their tests', () => {
  it('are those that are too large by themselves', () => {
    const counts = new FileCounts<string>({ tests: 0, files: 100 });
    counts.plan('small', mostOfFile, mostOfFile);
    counts.plan('large', mostOfFile + 1, mostOfFile + 1);
    assert.deepEqual([counts.lists('small'), counts.lists('large')], [true, false]);
  });

  it('are those for which the tree has no room, whatever listed them before', () => {
    const counts = new FileCounts<string>({ tests: mostItems - 150, files: 100 });
    counts.plan('first', 100, 100);
    counts.plan('second', 100, 100);
    counts.plan('third', 50, 50);
    assert.deepEqual(
      ['first', 'second', 'third'].map(file => counts.lists(file)),
      [true, false, true],
    );
  });

  it('are none of those whose tests have their items, however many', () => {
    const counts = new FileCounts<string>({ tests: mostItems + 1, files: 100 });
    counts.plan('opened', mostOfFile + 1, 0);
    assert.equal(counts.lists('opened'), true);
  });

  it('cannot bring more items about in one run after another than one tree may have', () => {
    let items = 0;
    for (let run = 0; run < 10; run++) {
      const counts = new FileCounts<number>({ tests: items, files: 100 });
      for (let file = 0; file < 2_000; file++) {
        const id = run * 2_000 + file;
        counts.plan(id, 100, 100);
        if (counts.lists(id)) items += 100;
      }
    }
    assert.equal(items, mostItems);
  });

  it('are more of them where the tree has so many files that hardly any test could have its item', () => {
    const [few, many] = [
      new FileCounts<number>({ tests: 0, files: 1_000 }),
      new FileCounts<number>({ tests: 0, files: 1_001 }),
    ];
    const listed = [few, many].map(counts =>
      Array.from({ length: 200 }, (_, file) => {
        counts.plan(file, 100, 100);
        return counts.lists(file);
      }).filter(Boolean),
    );
    assert.deepEqual(
      listed.map(({ length }) => 100 * length),
      [mostItems, mostItems / 2],
    );
  });

  it('are told of when the last of their tests has ended, with what became of all of them', () => {
    const counts = new FileCounts<string>({ tests: mostItems, files: 100 });
    counts.plan('a', 4, 4);
    assert.deepEqual(
      [counts.leaveOut('a'), counts.leaveOut('a'), counts.leaveOut('a'), counts.leaveOut('a')],
      [true, false, false, false],
    );
    assert.equal(counts.end('a', 'passed', false), false);
    assert.equal(counts.end('a', 'skipped', false), false);
    assert.equal(counts.end('a', 'failed', true), false);
    assert.equal(counts.end('a', 'failed', false), true);
    assert.equal(countText(counts.count('a')), '2 failed, 1 passed, 1 skipped');
    assert.match(hiddenText(counts.count('a')), /^1 test of this file that is not listed here did not pass\./);
    assert.deepEqual([counts.untold(), counts.unlisted], [[], 4]);
  });

  it('are told of twice at the most, however often the last one is followed by another', () => {
    const counts = new FileCounts<string>({ tests: mostItems, files: 100 });
    let told = 0;
    for (let test = 0; test < 100; test++) {
      counts.plan('a', 1, 1);
      counts.leaveOut('a');
      if (counts.end('a', 'passed', false)) told++;
    }
    assert.equal(told, 1);
    assert.deepEqual(counts.untold(), ['a']);
    assert.equal(countText(counts.count('a')), '100 passed');
  });

  it('show their failures, as far as anybody would read them', () => {
    const counts = new FileCounts<string>({ tests: mostItems, files: 100 });
    const shown = Array.from({ length: 10_000 }, () => counts.affordsFault()).filter(Boolean).length;
    assert.equal(shown, 2_000);
  });

  it('leave a file alone that lists all of its tests', () => {
    const counts = new FileCounts<string>({ tests: 0, files: 100 });
    counts.plan('a', 1, 1);
    assert.equal(counts.end('a', 'passed', true), false);
    assert.deepEqual([counts.untold(), counts.unlisted], [[], 0]);
  });
});
