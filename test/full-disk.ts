import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Takes what a small disk has left, to the last byte, with a file `fill`. */
export function fill(folder: string): void {
  const file = openSync(join(folder, 'fill'), 'a');
  try {
    for (let bytes = 64 * 1024; bytes >= 1;) {
      try {
        writeSync(file, Buffer.alloc(bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        bytes = Math.floor(bytes / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}
