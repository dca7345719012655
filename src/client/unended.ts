import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The last entry of a run that came to its end. */
const endHead = '{"entry":"end"';
const tailBytes = 64 * 1024;

/**
 * The newest run of a storage folder, if its journal has no end: it is going on, or its warden has died. This reads some kilobytes and
 * starts nothing; which of the two it is, a warden knows.
 */
export async function newestUnended(storage: string): Promise<string | null> {
  const runs = join(storage, 'runs');
  const names = await readdir(runs).catch((error: NodeJS.ErrnoException) => {
    // Nothing has run yet; a folder that is there and cannot be read is no empty one.
    if (error.code === 'ENOENT') return [] as string[];
    throw error;
  });
  const found = await Promise.all(
    names.map(async run => {
      const journal = join(runs, run, 'journal.ndjson');
      // One that is being removed is no run of anybody's any more.
      const written = await stat(journal).catch(() => null);
      return written ? [{ run, journal, at: written.mtimeMs, size: written.size }] : [];
    }),
  );
  const [newest] = found.flat().sort((a, b) => b.at - a.at);
  if (!newest || newest.size === 0) return null;
  return hasEnded(await tailOf(newest.journal, newest.size)) ? null : newest.run;
}

async function tailOf(journal: string, size: number): Promise<string> {
  const file = await open(journal);
  try {
    const length = Math.min(size, tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A line without its line feed was never shown; an end that is longer than the tail leaves it to the warden. */
function hasEnded(tail: string): boolean {
  if (!tail.endsWith('\n')) return false;
  return tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1).startsWith(endHead);
}
