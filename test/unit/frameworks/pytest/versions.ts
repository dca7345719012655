import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { installPinned, pinnedVersion } from '../pinned.ts';

const exec = promisify(execFile);
const repository = resolve(import.meta.dirname, '../../../..');

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
  const name = `pytest ${pinnedVersion('pytest-versions', 'pytest')}`;
  const installed = await installPinned('pytest-versions');
  return 'missing' in installed ? { name, ...installed } : { name, python: join(installed.environment, 'bin/python') };
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
