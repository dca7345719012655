import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const repository = resolve(import.meta.dirname, '../../../..');
const pinned = resolve(repository, 'test/fixtures/pytest-versions/newest.txt');
const environment = resolve(repository, 'test/fixtures/pytest-versions/.venv');

/** A version of pytest to test with, or why it cannot be had here. */
export type PytestLine =
  { readonly name: string; readonly python: string } | { readonly name: string; readonly missing: string };

/** The machine's own (Debian 12 has 7.2, the oldest line), and the newest, which pip installs where a package index is reached. */
export async function pytestLines(): Promise<PytestLine[]> {
  return [await installedLine(), await newestLine()];
}

export async function installedLine(): Promise<PytestLine> {
  const name = "the machine's pytest";
  for (const python of ['/usr/bin/python3', 'python3']) {
    const version = await versionIn(python);
    if (version) return { name: `pytest ${version}`, python };
  }
  return { name, missing: 'no Python here has it; run "apt-get install python3-pytest"' };
}

async function newestLine(): Promise<PytestLine> {
  const wanted = readFileSync(pinned, 'utf8');
  const name = `pytest ${/^pytest==(.*)$/m.exec(wanted)![1]}`;
  const python = join(environment, 'bin/python');
  const stamp = join(environment, 'bulkhead-pinned.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { name, python };
  try {
    rmSync(environment, { recursive: true, force: true });
    await exec('python3', ['-m', 'venv', environment]);
    const install = ['install', '--quiet', '--retries', '0', '--no-deps', '--only-binary', ':all:', '-r', pinned];
    await exec(python, ['-m', 'pip', '--disable-pip-version-check', ...install], { timeout: 90_000 });
    writeFileSync(stamp, wanted);
    return { name, python };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n').slice(-2);
    return { name, missing: `pip cannot install it here: ${reason}` };
  }
}

async function versionIn(python: string): Promise<string | null> {
  try {
    const { stdout } = await exec(python, ['-c', 'import pytest; print(pytest.__version__)']);
    return stdout.trim();
  } catch {
    // Not there, or without pytest.
    return null;
  }
}

/** The programs inside, as they stand in the package. */
export function placeInside(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-inside-'));
  symlinkSync(resolve(repository, 'src/frameworks/pytest/inside'), join(folder, 'pytest'), 'junction');
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
