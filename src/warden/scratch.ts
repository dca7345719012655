import { mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abandoned, ownerName } from '../cages/owner.ts';

/** A private folder for orders; those of wardens that were killed are removed, as far as they belong to this user. */
export function makeScratch(parent = tmpdir()): string {
  for (const name of abandoned(parent)) {
    const path = join(parent, name);
    if (statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.())
      rmSync(path, { recursive: true, force: true });
  }
  const path = join(parent, ownerName());
  mkdirSync(path, { mode: 0o700 });
  return path;
}
