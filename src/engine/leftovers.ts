import { lstatSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { ageMs } from '../cages/processes.ts';
import { listeningAt } from '../cages/sockets.ts';
import type { LeftProcess, ProcessInfo } from '../protocol/limits.ts';
import { formatBytes } from '../config/quantities.ts';
import type { Leak } from './evidence.ts';
import type { Lineage } from './lineage.ts';

const mostExamined = 50;
const mostLookedFor = 1000;

/** What can be known of processes that outlived their leader: since when, started by whom, and where they listen. */
export function examined(left: readonly ProcessInfo[], lineage: Lineage): readonly LeftProcess[] {
  return left.map((each, index) => {
    if (index >= mostExamined) return each;
    return { ...each, ageMs: ageMs(each), startedBy: lineage.ancestorsOf(each), listensAt: listeningAt(each.pid) };
  });
}

/** Of files that a test made for a while, those that are there now that nothing of it is alive to remove them. */
export function lasting(leaks: readonly Leak[]): readonly Leak[] {
  return leaks
    .map(each => (each.leak === 'temporary-files' ? { ...each, what: there(each.what) } : each))
    .filter(({ what }) => what.length > 0);
}

/** Of more than anybody makes by accident, the word of the process is taken. */
function there(paths: readonly string[]): readonly string[] {
  return [...paths.slice(0, mostLookedFor).flatMap(found), ...paths.slice(mostLookedFor)];
}

function found(path: string): string[] {
  try {
    const file = isAbsolute(path) ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if (!file) return [];
    return [file.isFile() ? `${path} (${formatBytes(file.size)})` : path];
  } catch {
    // In a folder that is closed to us, or no path at all: nobody can say that it is there.
    return [];
  }
}
