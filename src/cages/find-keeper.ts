import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The keeper that came with this package for this machine, if it is there and runs; a folder may forbid programs. */
export async function findKeeper(dist: string): Promise<string | null> {
  const path = join(dist, 'keeper', `${process.platform}-${process.arch}`, 'keeper');
  if (!existsSync(path)) return null;
  const runs = await promisify(execFile)(path, ['--', 'true'], { timeout: 5000 }).then(
    () => true,
    () => false,
  );
  return runs ? path : null;
}
