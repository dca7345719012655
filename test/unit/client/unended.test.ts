import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newestUnended } from '../../../src/client/unended.ts';
import { Journal } from '../../../src/engine/journal.ts';
import type { RunSummary } from '../../../src/protocol/messages.ts';

describe('the newest run without an end', () => {
  let storage: string;

  beforeEach(() => (storage = mkdtempSync(join(tmpdir(), 'bulkhead-unended-'))));
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  it('is none where nothing has ever run, and looking makes nothing', async () => {
    const nowhere = join(storage, 'nowhere');
    assert.equal(await newestUnended(nowhere), null);
    assert.equal(statSync(nowhere, { throwIfNoEntry: false }), undefined);
  });

  it('is not said to be none where the runs cannot be read', async () => {
    writeFileSync(join(storage, 'runs'), 'no folder');
    await assert.rejects(newestUnended(storage), /ENOTDIR/);
  });

  it('is the one whose journal breaks off, also in the middle of a line', async () => {
    const journal = begun('broken-off');
    assert.equal(await newestUnended(storage), 'broken-off');
    appendFileSync(journal.path, '{"entry":"end","summ');
    assert.equal(await newestUnended(storage), 'broken-off');
  });

  it('is none when the newest one ended, whatever an older one did', async () => {
    const older = begun('older');
    utimesSync(older.path, new Date(0), new Date(0));
    const newer = begun('newer');
    newer.write({ entry: 'end', summary: summary('newer') });
    assert.equal(await newestUnended(storage), null);
    newer.write({ entry: 'resume', at: 1, earlierMs: 1 });
    assert.equal(await newestUnended(storage), 'newer');
  });

  it('is left to the warden where the last line is longer than what is read', async () => {
    const journal = begun('wordy');
    const problems = [{ severity: 'error', message: 'x'.repeat(200_000) } as const];
    journal.write({ entry: 'end', summary: { ...summary('wordy'), problems } });
    assert.equal(await newestUnended(storage), 'wordy');
  });

  function begun(run: string): Journal {
    const opening = { selection: { kind: 'all' }, overrides: {} } as const;
    const journal = new Journal({ storage, run, opening, onProblem: problem => assert.fail(problem.message) });
    journal.write({ entry: 'gap', entries: 0 });
    return journal;
  }
});

function summary(run: string): RunSummary {
  const counts = { planned: 0, counts: {}, leaked: 0, flaky: 0 };
  return { run, ...counts, startedAt: 0, durationMs: 0, cancelled: false, problems: [], journal: null };
}
