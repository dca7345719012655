import { readFile, stat } from 'node:fs/promises';
import type { Problem } from '../protocol/messages.ts';
import { parseDocument } from './document.ts';
import { keyText, problemAt } from './reading.ts';
import type { Path, Report } from './shapes.ts';

const mostBytes = 1024 ** 2;

/** What a file of the project says, as far as it can be understood; undefined: nothing. */
export interface DocumentReading<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

export type ReadValue<T> = (value: unknown, report: Report, lineOf: (path: Path) => number) => T | undefined;

/** A file that need not be there. Each thing in it that cannot be understood is a problem with its line; all the rest applies. */
export async function loadDocument<T>(file: string, read: ReadValue<T>): Promise<DocumentReading<T>> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > mostBytes) return unreadable(file, `${size} bytes is too large; 1 MiB is the most`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { value: undefined, problems: [] } : unreadable(file, `cannot be read: ${message}`);
  }
  return readDocument(file, text, read);
}

export function readDocument<T>(file: string, text: string, read: ReadValue<T>): DocumentReading<T> {
  // Editors of Windows may begin a file with a byte-order mark.
  const document = parseDocument(text.replace(/^\uFEFF/, ''));
  const problems: Problem[] = document.faults.map(fault => ({ file, ...fault }));
  if (document.value === undefined) {
    return text.trim() === ''
      ? unreadable(file, 'the file is empty; one that says nothing is {}')
      : { value: undefined, problems };
  }
  const report: Report = (path, message, fix) =>
    problems.push({ ...problemAt(keyText(path), message, fix), file, line: document.lineOf(path) });
  const value = read(document.value, report, path => document.lineOf(path));
  return { value, problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function unreadable(file: string, message: string): DocumentReading<never> {
  return { value: undefined, problems: [{ severity: 'error', file, message, fix: 'Mend or remove this file.' }] };
}
