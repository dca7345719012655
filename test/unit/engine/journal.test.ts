import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../src/engine/journal.ts';
import type { Problem } from '../../../src/protocol/messages.ts';

describe('the journal of a run', () => {
  let storage: string;
  let problems: Problem[];
  const open = (run: string) => new Journal(storage, run, problem => problems.push(problem));

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-journal-'));
    problems = [];
  });
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  it('has each entry on disk when the call returns, for the owner alone', () => {
    const journal = open('one');
    journal.write({ entry: 'stop', unit: 'unit-1', reason: { kind: 'cancelled' } });
    const lines = readFileSync(journal.path, 'utf8').trim().split('\n');
    assert.deepEqual(
      lines.map(line => (JSON.parse(line) as { entry: string }).entry),
      ['run', 'stop'],
    );
    assert.equal(statSync(journal.path).mode & 0o777, 0o600);
    journal.close();
  });

  it('says once that the disk is full, and lets the run go on', function () {
    if (process.platform !== 'linux') this.skip(); // /dev/full is a disk that is always full
    mkdirSync(join(storage, 'runs', 'full'), { recursive: true });
    symlinkSync('/dev/full', join(storage, 'runs', 'full', 'journal.ndjson'));
    const journal = open('full');
    journal.write({ entry: 'stop', unit: 'unit-1', reason: { kind: 'cancelled' } });
    journal.write({ entry: 'stop', unit: 'unit-2', reason: { kind: 'cancelled' } });
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.message, /not being saved.*ENOSPC/);
    assert.equal(journal.complete, false);
    journal.close();
  });

  it('says once that its folder cannot be made', () => {
    chmodSync(storage, 0o700);
    writeFileSync(join(storage, 'runs'), 'a file where the folder should be');
    const journal = open('blocked');
    journal.write({ entry: 'stop', unit: 'unit-1', reason: { kind: 'cancelled' } });
    journal.close();
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.message, /not being saved/);
    assert.ok(problems[0]!.fix);
  });
});
