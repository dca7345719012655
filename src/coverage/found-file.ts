import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** More than a process of tests has ever written; it would have to be held in memory several times over. */
const mostBytes = 192 * 1024 ** 2;

/** The text of a file where tests may write, or that they name; throws where there is none. A pipe would keep the reader waiting for ever. */
export function readFound(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile() || facts.size > mostBytes) throw new Error(`${path} is no file, or one that is too large`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
