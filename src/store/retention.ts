import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { journalName, runFolder } from '../engine/journal.ts';
import { outputFolderOf } from '../engine/output-file.ts';
import { claimForRemoval, isOwned, releaseRun } from '../engine/run-owner.ts';
import type { Retention } from '../protocol/history.ts';
import { runsIn } from './store.ts';

const dayMs = 24 * 60 * 60_000;
/** What was moved away and is being deleted: a kill leaves it here, for the next one to go on with. */
const removedName = 'removed';

export interface Removed {
  readonly runs: readonly string[];
  /** Runs that have lost the files of their output alone. */
  readonly outputs: readonly string[];
  readonly bytes: number;
}

interface KeptRun {
  readonly run: string;
  readonly folder: string;
  readonly lastWritten: number;
  readonly bytes: number;
  readonly outputBytes: number;
}

/**
 * Removes what is older or more than is to be kept: output first, whole runs after that, the oldest first. The newest run stays
 * whatever it takes, and so does each that a living warden writes to.
 */
export function retain(storage: string, keep: Retention, now = Date.now()): Removed {
  const removal = new Removal(storage);
  removal.goOn();
  const [newest, ...older] = runsIn(storage)
    .flatMap(run => lookAt(storage, run))
    .toSorted((a, b) => b.lastWritten - a.lastWritten);
  if (!newest) return removal.done;
  const isDue = ({ lastWritten }: KeptRun, index: number) =>
    (keep.runs !== null && index + 1 >= keep.runs) || (keep.days !== null && now - lastWritten > keep.days * dayMs);
  const due = older.filter(isDue);
  const oldestFirst = older.filter(run => !due.includes(run) || !removal.run(run)).toReversed();
  const most = keep.bytes ?? Infinity;
  let bytes = [newest, ...oldestFirst].reduce((sum, run) => sum + run.bytes, 0);
  const bare = oldestFirst.map(run => {
    if (bytes <= most || run.outputBytes === 0 || !removal.output(run)) return run;
    bytes -= run.outputBytes;
    return { ...run, bytes: run.bytes - run.outputBytes, outputBytes: 0 };
  });
  for (const run of bare) if (bytes > most && removal.run(run)) bytes -= run.bytes;
  return removal.done;
}

class Removal {
  readonly #storage: string;
  readonly #runs: string[] = [];
  readonly #outputs: string[] = [];
  #bytes = 0;

  constructor(storage: string) {
    this.#storage = storage;
  }

  get done(): Removed {
    return { runs: this.#runs, outputs: this.#outputs, bytes: this.#bytes };
  }

  /** What a killed warden has moved away. */
  goOn(): void {
    for (const name of namesIn(join(this.#storage, removedName))) deleteAll(join(this.#storage, removedName, name));
  }

  /** False: somebody writes to it. */
  run(run: KeptRun): boolean {
    if (!this.#take(run, run.folder)) return false;
    this.#runs.push(run.run);
    this.#bytes += run.bytes;
    return true;
  }

  output(run: KeptRun): boolean {
    if (!this.#take(run, outputFolderOf(run.folder).path)) return false;
    releaseRun(run.folder);
    this.#outputs.push(run.run);
    this.#bytes += run.outputBytes;
    return true;
  }

  /** Gone in one step for everybody who looks, however long its deletion takes. */
  #take({ run, folder }: KeptRun, path: string): boolean {
    if (isOwned(folder) || claimForRemoval(folder) !== 'ours') return false;
    const place = join(this.#storage, removedName, `${run}-${randomBytes(4).toString('hex')}`);
    try {
      mkdirSync(join(this.#storage, removedName), { recursive: true, mode: 0o700 });
      renameSync(path, place);
    } catch (error) {
      releaseRun(folder);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    deleteAll(place);
    return true;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Nothing was ever removed here.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Two wardens may be at it at once, and find each other's work done. */
function deleteAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function lookAt(storage: string, run: string): KeptRun[] {
  const folder = runFolder(storage, run);
  try {
    const journal = statSync(join(folder, journalName), { throwIfNoEntry: false }) ?? statSync(folder);
    const outputBytes = sizeOf(outputFolderOf(folder).path);
    return [{ run, folder, lastWritten: journal.mtimeMs, bytes: sizeOf(folder), outputBytes }];
  } catch (error) {
    // Another warden was faster.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** What it takes on the disk, which is less than its length for a file with holes. */
function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return Math.min(stat.size, stat.blocks * 512 || stat.size);
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
