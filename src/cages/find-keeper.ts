import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeeperFacts } from '../protocol/diagnosis.ts';

/** The keeper that came with this package for this machine, if it is there and runs. */
export async function findKeeper(dist: string): Promise<string | null> {
  const keeper = await lookForKeeper(dist);
  return keeper.state === 'works' ? keeper.path : null;
}

/** A folder may forbid programs, so only one that has run is believed. */
export async function lookForKeeper(dist: string): Promise<KeeperFacts> {
  const path = join(dist, 'keeper', `${process.platform}-${process.arch}`, 'keeper');
  if (!existsSync(path)) return { state: 'missing', path };
  return promisify(execFile)(path, ['--', 'true'], { timeout: 5000 }).then(
    () => ({ state: 'works', path }) as const,
    (error: NodeJS.ErrnoException) =>
      ({ state: 'refused', path, because: String(error.code ?? error.message) }) as const,
  );
}
