import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../protocol/messages.ts';
import { parseDocument } from './document.ts';
import { keyText, problemAt, type Reading, readSettings } from './reading.ts';

export const configName = 'bulkhead.config.json';

const mostBytes = 1024 ** 2;

/** The project's file. Each thing in it that cannot be understood is a problem with its line; all the rest applies. */
export async function loadConfig(folder: string): Promise<Reading> {
  const file = join(folder, configName);
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > mostBytes) return unreadable(file, `${size} bytes is too large for a configuration; 1 MiB is the most`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { layer: {}, problems: [] } : unreadable(file, `cannot be read: ${message}`);
  }
  return readConfig(file, text);
}

function unreadable(file: string, message: string): Reading {
  return { layer: {}, problems: [{ severity: 'error', file, message, fix: 'Mend or remove this file.' }] };
}

export function readConfig(file: string, text: string): Reading {
  // Editors of Windows may begin a file with a byte-order mark.
  const document = parseDocument(text.replace(/^\uFEFF/, ''));
  const problems: Problem[] = document.faults.map(fault => ({ file, ...fault }));
  if (document.value === undefined) {
    return text.trim() === ''
      ? unreadable(file, 'the file is empty; an empty configuration is {}')
      : { layer: {}, problems };
  }
  const layer = readSettings(document.value, (path, message, fix) =>
    problems.push({ ...problemAt(keyText(path), message, fix), file, line: document.lineOf(path) }),
  );
  return { layer, problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}
