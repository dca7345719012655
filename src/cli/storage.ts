import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../protocol/messages.ts';

export function storageOf(folder: string): string {
  return join(folder, '.bulkhead');
}

/** The folder of Bulkhead in the workspace, which keeps itself out of version control. */
export async function prepareStorage(folder: string): Promise<{ readonly path: string; readonly problem?: Problem }> {
  const path = storageOf(folder);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await writeFile(join(path, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      const fix = 'Make the folder writable and see that its disk is not full.';
      return { path, problem: { severity: 'warning', file: path, message: `runs are not kept: ${message}`, fix } };
    }
  }
  return { path };
}
