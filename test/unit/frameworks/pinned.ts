import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inTurn } from '../../bed/turn.ts';

const exec = promisify(execFile);

/** No index was reached: so long the other processes of a run of tests do not try again, which takes seconds each time. */
const missesLastMs = 60 * 60_000;

type Installed = { readonly environment: string } | { readonly missing: string };

/** What a fixture pins for pip, in a Python environment of its own, or why it cannot be had here. */
export function installPinned(fixture: string, seconds = 90): Promise<Installed> {
  const folder = resolve(import.meta.dirname, '../../fixtures', fixture);
  return inTurn(
    folder,
    () => undefined,
    () => install(folder, seconds),
  );
}

async function install(folder: string, seconds: number): Promise<Installed> {
  const pinned = join(folder, 'newest.txt');
  const environment = join(folder, '.venv');
  const wanted = readFileSync(pinned, 'utf8');
  const stamp = join(environment, 'bulkhead-pinned.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { environment };
  const missed = join(environment, 'bulkhead-missing.txt');
  if (existsSync(missed) && Date.now() - statSync(missed).mtimeMs < missesLastMs)
    return { missing: readFileSync(missed, 'utf8') };
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
    const missing = `pip cannot install it here: ${reason}`;
    mkdirSync(environment, { recursive: true });
    writeFileSync(missed, missing);
    return { missing };
  }
}

/** The version that is pinned of a package. */
export function pinnedVersion(fixture: string, name: string): string {
  const text = readFileSync(resolve(import.meta.dirname, '../../fixtures', fixture, 'newest.txt'), 'utf8');
  return new RegExp(`^${name}==(.*)$`, 'm').exec(text)![1]!;
}
