import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** What a fixture pins for pip, in a Python environment of its own, or why it cannot be had here. */
export async function installPinned(
  fixture: string,
  seconds = 90,
): Promise<{ readonly environment: string } | { readonly missing: string }> {
  const folder = resolve(import.meta.dirname, '../../fixtures', fixture);
  const pinned = join(folder, 'newest.txt');
  const environment = join(folder, '.venv');
  const wanted = readFileSync(pinned, 'utf8');
  const stamp = join(environment, 'bulkhead-pinned.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { environment };
  try {
    rmSync(environment, { recursive: true, force: true });
    await exec('python3', ['-m', 'venv', environment]);
    const install = ['install', '--quiet', '--retries', '0', '--no-deps', '--only-binary', ':all:', '-r', pinned];
    const python = join(environment, 'bin/python');
    await exec(python, ['-m', 'pip', '--disable-pip-version-check', ...install], { timeout: seconds * 1000 });
    writeFileSync(stamp, wanted);
    return { environment };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n').slice(-2);
    return { missing: `pip cannot install it here: ${reason}` };
  }
}

/** The version that is pinned of a package. */
export function pinnedVersion(fixture: string, name: string): string {
  const text = readFileSync(resolve(import.meta.dirname, '../../fixtures', fixture, 'newest.txt'), 'utf8');
  return new RegExp(`^${name}==(.*)$`, 'm').exec(text)![1]!;
}
