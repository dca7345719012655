import { relative } from 'node:path';
import picomatch from 'picomatch';
import type { Folder, TestInfo } from '../protocol/tests.ts';

/** For whom an entry of the settings is written. */
export interface Addressees {
  /** Globs relative to the workspace folder; absent: every file. */
  readonly files?: readonly string[] | undefined;
  /** Words of their titles, or tags of their framework; absent: every test. */
  readonly words?: readonly string[] | undefined;
}

export type Marked = Pick<TestInfo, 'titlePath' | 'tags'>;

/** `tests` are those that cannot be told apart, so that what is written for one of them holds for all; none: the file itself. */
export function concerns(
  { files, words }: Addressees,
  folder: Folder,
  file: string,
  tests: readonly Marked[],
): boolean {
  const path = relative(folder.path, file).replaceAll('\\', '/');
  if (files && !picomatch.isMatch(path, [...files], { dot: true })) return false;
  const said = ({ titlePath, tags = [] }: Marked) => [...titlePath, ...tags].join(' ');
  return !words || tests.some(test => words.some(word => isWordOf(said(test), word)));
}

/** Not as a part of a longer word: `@oom` is no tag of "@oom-free", nor of "me@oom". */
function isWordOf(title: string, word: string): boolean {
  const letters = /[\p{L}\p{N}_@-]/u;
  for (let at = title.indexOf(word); at >= 0; at = title.indexOf(word, at + 1)) {
    const [before, after] = [title.slice(0, at).at(-1), title[at + word.length]];
    if (!letters.test(before ?? '') && !letters.test(after ?? '')) return true;
  }
  return false;
}
