import { chownSync, existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './kept.ts';
import { until } from './living.ts';

/** A cgroup for one scenario, and the words that start a keeper where it may use it. */
export interface Group {
  readonly folder: string;
  readonly prefix: readonly string[];
  readonly processes: () => number[];
  readonly remove: () => Promise<void>;
}

let next = 0;
const name = () => `bulkhead-keeper-${process.pid}-${(next += 1)}`;

const processes = (folder: string) =>
  readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);

const made = new Set<string>();
// What a failed scenario did not come to remove; innermost first.
process.on('exit', () => {
  for (const folder of [...made].reverse()) {
    try {
      rmdirSync(folder);
    } catch (error) {
      console.error(`left behind: ${folder}: ${(error as Error).message}`);
    }
  }
});

function make(folder: string): void {
  mkdirSync(folder);
  made.add(folder);
}

async function remove(folders: string[]): Promise<void> {
  for (const folder of folders) {
    let error: unknown;
    // A group stays busy for a moment after its last process has ended.
    const removed = await until(() => {
      try {
        rmdirSync(folder);
      } catch (problem) {
        error = problem;
        return false;
      }
      return true;
    }, 2000);
    if (!removed) throw error;
    made.delete(folder);
  }
}

function give(folder: string, { ids }: Identity, files: string[]): void {
  if (ids.uid === undefined) return;
  for (const path of [folder, ...files.map(file => join(folder, file))]) {
    if (existsSync(path)) chownSync(path, ids.uid, ids.gid);
  }
}

/** Where this very process is, so that a new group is below what holds the tests already. */
function ownFolder(controller: string, mount: string): string {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find(entry => entry.split(':')[1]?.split(',').includes(controller));
  return join(mount, line?.split(':').slice(2).join(':') ?? '/nowhere');
}

/** A group of the v1 memory controller; a sentence where there is none. */
export function newV1Group(as: Identity): Group | string {
  const parent = ownFolder('memory', '/sys/fs/cgroup/memory');
  if (!existsSync(join(parent, 'memory.limit_in_bytes'))) return 'no cgroup v1 memory controller is mounted';
  const folder = join(parent, name());
  try {
    make(folder);
  } catch (error) {
    return `a cgroup v1 cannot be made: ${(error as Error).message}`;
  }
  give(folder, as, ['cgroup.procs', 'tasks']);
  return { folder, prefix: [], processes: () => processes(folder), remove: () => remove([folder]) };
}

/** A group of the v1 freezer; a sentence where there is none. */
export function newFreezerGroup(): Group | string {
  const parent = ownFolder('freezer', '/sys/fs/cgroup/freezer');
  if (!existsSync(join(parent, 'cgroup.procs'))) return 'no cgroup v1 freezer is mounted';
  const folder = join(parent, name());
  try {
    make(folder);
  } catch (error) {
    return `a cgroup v1 cannot be made: ${(error as Error).message}`;
  }
  return { folder, prefix: [], processes: () => processes(folder), remove: () => remove([folder]) };
}

/** A delegated v2 subtree: the keeper starts in one leaf, and the test gets the other. */
export function newV2Group(as: Identity): Group | string {
  const mount = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find(path => existsSync(join(path, 'cgroup.controllers')));
  if (mount === undefined) return 'no cgroup v2 is mounted';
  const top = join(ownFolder('', mount), name());
  const [warden, leaf] = [join(top, 'warden'), join(top, 'test')];
  try {
    for (const folder of [top, warden, leaf]) make(folder);
  } catch (error) {
    return `a cgroup v2 cannot be made: ${(error as Error).message}`;
  }
  for (const folder of [top, warden, leaf]) give(folder, as, ['cgroup.procs', 'cgroup.kill']);
  const { uid, gid } = as.ids;
  const drop = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return {
    folder: leaf,
    prefix: ['sh', '-c', `echo $$ > ${warden}/cgroup.procs && exec "$@"`, 'sh', ...drop],
    processes: () => processes(leaf),
    remove: () => remove([leaf, warden, top]),
  };
}
