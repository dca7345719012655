import { isAbsolute, relative } from 'node:path';
import type { Limits } from '../protocol/limits.ts';
import type { Folder, TestKey } from '../protocol/tests.ts';
import { quoted, type Shell } from './shell-quoting.ts';

export interface Reproduced {
  readonly folder: Folder;
  readonly file: string;
  /** None: the whole file. */
  readonly keys: readonly TestKey[];
  readonly limits: Pick<Limits, 'memoryBytes' | 'timeoutMs'>;
}

/** The line that runs the same tests under the same limits in a terminal; in one of `cwd`, the paths stay short. */
export function reproductionCommand({ folder, file, keys, limits }: Reproduced, cwd: string, shell: Shell): string {
  const there = folder.path === cwd;
  const path = there ? relative(cwd, file) : file;
  const words = [
    'bulkhead',
    'run',
    // A path that begins with a dash would be a flag.
    path.startsWith('-') && !isAbsolute(path) ? `./${path}` : path,
    ...keys.flatMap(key => [`--key=${key}`]),
    ...(there ? [] : ['--folder', folder.path]),
    ...['--memory', limits.memoryBytes === null ? 'none' : `${sizeWord(limits.memoryBytes)}`],
    ...['--timeout', limits.timeoutMs === null ? 'none' : `${limits.timeoutMs}ms`],
  ];
  return words.map(word => quoted(word, shell)).join(' ');
}

/** Exact, and without the space that would have to be quoted. */
function sizeWord(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}
