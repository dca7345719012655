import { statSync } from 'node:fs';
import { join } from 'node:path';
import { problemAt } from '../config/reading.ts';
import { runFolder } from '../engine/journal.ts';
import type { PastRun } from '../protocol/history.ts';
import type { Problem } from '../protocol/messages.ts';
import { digest, type Digest, pastRunOf } from '../store/digest.ts';
import { isBusy } from '../store/sqlite.ts';
import { runsIn, Store } from '../store/store.ts';

const most = 1000;

/** The runs of a storage folder, the newest first, without a warden; nothing is made where nothing is. */
export function pastRuns(
  storage: string,
  onProblem: (problem: Problem) => void,
  limit = most,
): readonly PastRun[] | Problem {
  try {
    statSync(join(storage, 'runs'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const fix = 'Make the folder readable, or move away what stands in its place; runs that are kept there stay.';
    return problemAt('', `the runs that are kept cannot be looked at: ${(error as Error).message}`, fix);
  }
  const store = Store.open(storage, onProblem);
  if (store) {
    try {
      return store.history({ limit });
    } catch (error) {
      if (!isBusy(error)) throw error;
      const message = 'The database of past runs is held by another Bulkhead that does not let go of it';
      const fix = 'Nothing is lost. If it stays so, see which one is alive, or stopped: bulkhead ps';
      onProblem({ severity: 'warning', message: `${message}, so the journals are read instead.`, fix });
    } finally {
      store.close();
    }
  }
  // Also of a Node without SQLite: slower, and the same answer.
  return runsIn(storage)
    .flatMap(run => digest(runFolder(storage, run)) ?? [])
    .map(found => pastRunOf(storage, found))
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, limit);
}

/** The run of that id, or of the only id that begins so; without one, the newest that fits. */
export function findRun(
  runs: readonly PastRun[],
  written: string | null,
  { fits, none }: { readonly fits: (run: PastRun) => boolean; readonly none: string },
): PastRun | Problem {
  if (runs.length === 0) return problemAt('', 'no run is kept here yet', 'To make one: bulkhead run');
  if (written === null) return runs.find(fits) ?? problemAt('', none, 'All that are kept: bulkhead history');
  const meant = runs.filter(({ run }) => run.startsWith(written));
  const exact = meant.find(({ run }) => run === written) ?? (meant.length === 1 ? meant[0] : undefined);
  if (exact) return exact;
  if (meant.length === 0) return problemAt('', `there is no run ${written}`, 'All that are kept: bulkhead history');
  const them = meant.map(({ run }) => run).join(', ');
  return problemAt('', `"${written}" may be ${them}`, 'Write more of the id.');
}

export function digestOf(storage: string, run: string, onRecord: Parameters<typeof digest>[1]): Digest {
  const found = digest(runFolder(storage, run), onRecord);
  if (!found) throw new Error(`The run ${run} was deleted a moment ago.`);
  return found;
}
