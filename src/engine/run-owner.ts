import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { ownerName } from '../cages/owner.ts';
import { processStart } from '../cages/processes.ts';

const fileName = 'owner';
/** Says with a name that the run is about to be removed: even to the rest of the same warden it is taken then. */
const removing = ' removes it';
const pattern = /^bulkhead-(\d+)-(\d+)-(\d+)(?: removes it)?$/;
/** A warden of another pid namespace cannot be seen from here: it is believed to live for so long after its last word. */
const believedMs = 60 * 60_000;

/** Makes this process the only one that writes to a run, until it dies or releases it. */
export function claimRun(folder: string): 'ours' | 'taken' | Error {
  return claim(folder, ownerName());
}

/** Nobody may go on with the run from now on. */
export function claimForRemoval(folder: string): 'ours' | 'taken' | Error {
  return claim(folder, ownerName() + removing);
}

function claim(folder: string, name: string): 'ours' | 'taken' | Error {
  const path = join(folder, fileName);
  try {
    const owner = readOwner(path);
    if (owner === name) return 'ours';
    if (owner !== null) {
      if (isAlive(owner, path)) return 'taken';
      // Of two that see the same dead owner only one can move it away.
      renameSync(path, `${path}.${process.pid}.${threadId}`);
      rmSync(`${path}.${process.pid}.${threadId}`);
    }
    appear(path, name);
    return 'ours';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' || code === 'ENOENT' ? 'taken' : (error as Error);
  }
}

/** Whoever reads the file must find a whole name in it, so it appears in one step. */
function appear(path: string, name: string): void {
  const fresh = `${path}.${process.pid}.${threadId}.new`;
  writeFileSync(fresh, name, { mode: 0o600 });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    // A file system without links.
    writeFileSync(path, name, { mode: 0o600, flag: 'wx' });
  } finally {
    rmSync(fresh, { force: true });
  }
}

export function releaseRun(folder: string): void {
  rmSync(join(folder, fileName), { force: true });
}

/** Whether a living warden is writing to the run. */
export function isOwned(folder: string): boolean {
  const path = join(folder, fileName);
  const owner = readOwner(path);
  return owner !== null && isAlive(owner, path);
}

function readOwner(path: string): string | null {
  let descriptor: number;
  try {
    // A pipe that a test has put there would keep the reader waiting for ever.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor, 'utf8') : '';
  } finally {
    closeSync(descriptor);
  }
}

function isAlive(owner: string, path: string): boolean {
  const [, pid, start, namespace] = pattern.exec(owner) ?? [];
  if (pid === undefined) return false;
  if (namespace !== pattern.exec(ownerName())?.[3]) return Date.now() - lastSign(path) < believedMs;
  if (process.platform === 'linux') return processStart(Number(pid)) === start;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function lastSign(ownerPath: string): number {
  const journal = join(ownerPath, '..', 'journal.ndjson');
  return Math.max(...[ownerPath, journal].map(path => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}
