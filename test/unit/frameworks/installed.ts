import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inTurn } from '../../bed/turn.ts';

/** Installs what the lock file of a fixture says, unless that is there already; the folder it is in. */
export function installFixture(name: string): Promise<string> {
  const folder = resolve(import.meta.dirname, '../../fixtures', name);
  return inTurn(
    folder,
    () => undefined,
    () => install(folder),
  );
}

async function install(folder: string): Promise<string> {
  const installed = join(folder, 'node_modules');
  const stamp = join(installed, '.bulkhead-lock');
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (contentOf(stamp) === lock) return installed;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, lock);
  return installed;
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
