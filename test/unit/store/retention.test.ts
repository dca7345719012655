import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ownerName } from '../../../src/cages/owner.ts';
import { Journal } from '../../../src/engine/journal.ts';
import { claimForRemoval, claimRun } from '../../../src/engine/run-owner.ts';
import { retain } from '../../../src/store/retention.ts';
import { runsIn, Store } from '../../../src/store/store.ts';
import { pastRun } from './past.ts';

const dayMs = 24 * 60 * 60_000;
const nothing = { runs: null, days: null, bytes: null };
const mebibyte = 1024 ** 2;

describe('the past that is kept', () => {
  let storage: string;
  const now = Date.now();
  beforeEach(() => (storage = mkdtempSync(join(tmpdir(), 'bulkhead-retention-'))));
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  /** A run that was last written to so many days ago. */
  function past(run: string, days: number, outputMiB = 0, ended = true): Journal {
    const journal = pastRun(storage, run, { planned: 2, verdicts: ['passed'], ended });
    const { path } = journal.outputFolder;
    if (outputMiB > 0) mkdirSync(path);
    if (outputMiB > 0) writeFileSync(join(path, 'unit-1.log'), Buffer.alloc(outputMiB * mebibyte, 'x'));
    const at = (now - days * dayMs) / 1000;
    utimesSync(journal.path, at, at);
    return journal;
  }
  const outputs = () =>
    runsIn(storage)
      .filter(run => existsSync(join(storage, 'runs', run, 'output')))
      .toSorted();

  it('is everything without a limit', () => {
    for (const days of [0, 400, 4000]) past(`run-${days}`, days, 1);
    assert.deepEqual(retain(storage, nothing, now), { runs: [], outputs: [], bytes: 0 });
    assert.equal(runsIn(storage).length, 3);
  });

  it('ends by number and by age, but never with the newest', () => {
    for (let days = 1; days <= 6; days++) past(`run-${days}`, days * 10);
    assert.deepEqual(retain(storage, { ...nothing, runs: 4 }, now).runs, ['run-5', 'run-6']);
    assert.deepEqual(retain(storage, { ...nothing, days: 35 }, now).runs, ['run-4']);
    assert.deepEqual(retain(storage, { ...nothing, days: 1, runs: 1, bytes: 1 }, now).runs, ['run-2', 'run-3']);
    assert.deepEqual(runsIn(storage), ['run-1']);
    assert.deepEqual(readdirSync(join(storage, 'removed')), []);
  });

  it('loses output before runs where it is too large, the oldest first', () => {
    for (let days = 1; days <= 4; days++) past(`run-${days}`, days, 2);
    const first = retain(storage, { ...nothing, bytes: 5 * mebibyte }, now);
    assert.deepEqual([first.runs, first.outputs, outputs()], [[], ['run-4', 'run-3'], ['run-1', 'run-2']]);
    assert.equal(first.bytes, 4 * mebibyte);
    const second = retain(storage, { ...nothing, bytes: 1 }, now);
    assert.deepEqual([second.outputs, second.runs], [['run-2'], ['run-4', 'run-3', 'run-2']]);
    assert.deepEqual([runsIn(storage), outputs()], [['run-1'], ['run-1']]);
  });

  it('is not taken from a living warden, in this process or in another', () => {
    past('new', 0);
    const ours = past('ours', 300, 1, false);
    past('theirs', 300, 1);
    // The parent of this process lives, and is not us.
    writeFileSync(join(storage, 'runs', 'theirs', 'owner'), ownerName(process.ppid));
    past('dead', 300, 1, false).close();
    writeFileSync(join(storage, 'runs', 'dead', 'owner'), ownerName(process.ppid).replace(/-\d+-(\d+)$/, '-1-$1'));
    assert.deepEqual(retain(storage, { runs: 1, days: 1, bytes: 1 }, now).runs, ['dead']);
    assert.deepEqual(
      [runsIn(storage).toSorted(), outputs()],
      [
        ['new', 'ours', 'theirs'],
        ['ours', 'theirs'],
      ],
    );
    ours.close();
  });

  it('cannot be gone on with once it is being removed, even by the same warden', () => {
    const folder = dirname(past('old', 300).path);
    assert.equal(claimForRemoval(folder), 'ours');
    assert.equal(claimRun(folder), 'taken');
    const resume = () =>
      new Journal({ storage, run: 'old', opening: { earlierMs: 1 }, onProblem: () => assert.fail() });
    assert.throws(resume, /going on in another window/);
    rmSync(folder, { recursive: true });
    assert.throws(resume, /was removed a moment ago/);
    assert.equal(existsSync(folder), false);
  });

  it('is removed once where several wardens do it at once, and a killed one is made up for', async () => {
    for (let days = 0; days < 40; days++) past(`run-${String(days).padStart(2, '0')}`, days, days % 4 === 0 ? 1 : 0);
    mkdirSync(join(storage, 'removed', 'left-by-a-killed-one'), { recursive: true });
    writeFileSync(join(storage, 'removed', 'left-by-a-killed-one', 'journal.ndjson'), 'x');
    const store = Store.open(storage, () => assert.fail())!;
    assert.equal(store.history().length, 40);
    const script = join(import.meta.dirname, 'retaining.ts');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [script, storage, '10'])),
    );
    const removed = answers.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    assert.deepEqual([removed.length, new Set(removed).size], [30, 30]);
    assert.equal(runsIn(storage).length, 10);
    assert.equal(store.history().length, 10);
    assert.ok(store.history().every(({ planned, recorded }) => planned === 2 && recorded === 1));
    store.close();
    retain(storage, nothing);
    assert.deepEqual(readdirSync(join(storage, 'removed')), []);
  }).timeout(30_000);
});
