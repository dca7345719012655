import { lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where pages of the ledger may be, the best place first. It does not depend on the window, the workspace or the login, so
 * that whichever warden of this user comes next looks where the last one wrote.
 */
export function ledgerPlaces(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string[] {
  const user = process.getuid?.();
  const homes = [stateHome(env, platform), ...(user === undefined ? [] : [join(tmpdir(), `bulkhead-${user}`)])];
  return homes.map(home => join(home, 'ledger'));
}

function stateHome(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env['XDG_STATE_HOME']) return join(env['XDG_STATE_HOME'], 'bulkhead');
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/Bulkhead');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData/Local'), 'Bulkhead');
  return join(homedir(), '.local/state/bulkhead');
}

/** The first place that can be had; throws with the reason of the last one where none can. */
export function openPlace(places: readonly string[]): string {
  let failure: unknown;
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: 0o700 });
      if (!isPrivate(place)) throw new Error(`${place} belongs to another user, or others may write to it`);
      return place;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** In a folder for everybody, another user may have made one of that name: what is written there is not to be believed. */
export function isPrivate(place: string): boolean {
  const facts = lstatSync(place, { throwIfNoEntry: false });
  if (!facts?.isDirectory()) return false;
  return process.getuid === undefined || (facts.uid === process.getuid() && (facts.mode & 0o022) === 0);
}
