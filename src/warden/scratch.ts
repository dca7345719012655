import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abandoned, ownerName } from '../cages/owner.ts';

/**
 * A private folder for orders. Outside the temporary folder if it can be: a test with a limit on disk has one of its own
 * in its place.
 */
export function makeScratch(env: NodeJS.ProcessEnv = process.env): string {
  for (const home of [env['XDG_RUNTIME_DIR'], '/dev/shm']) {
    if (!home) continue;
    try {
      const path = join(home, ownerName());
      mkdirSync(path, { mode: 0o700 });
      sweep(home);
      return path;
    } catch {
      // Not Linux, not writable, full or taken: the next one.
    }
  }
  return mkdtempSync(join(tmpdir(), 'bulkhead-'));
}

/** What killed wardens of this user have left; another user's folder stays. */
function sweep(home: string): void {
  for (const name of abandoned(home)) {
    try {
      rmSync(join(home, name), { recursive: true, force: true });
    } catch {
      // Not ours.
    }
  }
}
