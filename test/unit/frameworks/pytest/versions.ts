import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { globSync } from 'tinyglobby';
import { inTurn } from '../../../bed/turn.ts';
import { fromDebian } from '../debian.ts';
import { installPinned, pinnedVersion } from '../pinned.ts';

const exec = promisify(execFile);
const repository = resolve(import.meta.dirname, '../../../..');

/** A version of pytest to test with, or why it cannot be had here. */
export type PytestLine =
  { readonly name: string; readonly python: string } | { readonly name: string; readonly missing: string };

/** The machine's own (Debian 12 has 7.2, the oldest line), and the newest: by pip, or where no package index is reached that of Debian. */
export async function pytestLines(): Promise<PytestLine[]> {
  return [await installedLine(), await (newest ??= newestLine())];
}

export async function installedLine(): Promise<PytestLine> {
  const name = "the machine's pytest";
  const chosen = process.env['BULKHEAD_PYTEST'];
  if (chosen !== undefined) {
    const version = await versionIn(chosen);
    return version ? { name: `pytest ${version}`, python: chosen } : { name, missing: `${chosen} cannot run it` };
  }
  for (const python of ['/usr/bin/python3', 'python3']) {
    const version = await versionIn(python);
    if (version) return { name: `pytest ${version}`, python };
  }
  return { name, missing: 'no Python here has it; run "apt-get install python3-pytest"' };
}

let newest: Promise<PytestLine> | undefined;

/** Pure Python all of them, so that they run in the Python of the machine. */
const ofDebian = [
  ...['python3-pytest', 'python3-pluggy', 'python3-iniconfig', 'python3-packaging', 'python3-pygments'],
  ...['python3-pytest-asyncio', 'python3-typing-extensions', 'python3-pytest-cov', 'python3-coverage'],
  ...['python3-pytest-timeout', 'python3-pytest-xdist', 'python3-execnet'],
];

async function newestLine(): Promise<PytestLine> {
  const name = `pytest ${pinnedVersion('pytest-versions', 'pytest')}`;
  const installed = await installPinned('pytest-versions');
  if ('environment' in installed) return { name, python: join(installed.environment, 'bin/python') };
  const unpacked = await fromDebian({ release: 'sid', packages: ofDebian, needs: 'none' });
  if ('missing' in unpacked) return { name, missing: `${installed.missing}, and ${unpacked.missing}` };
  const environment = join(unpacked.root, 'environment');
  const python = join(environment, 'bin/python');
  await inTurn(
    environment,
    () => undefined,
    async () => {
      if (existsSync(python)) return;
      await exec('python3', ['-m', 'venv', '--without-pip', environment]);
      const [site] = globSync('lib/python3.*/site-packages', {
        cwd: environment,
        absolute: true,
        onlyDirectories: true,
      });
      cpSync(join(unpacked.root, 'usr/lib/python3/dist-packages'), site!, { recursive: true });
    },
  );
  const version = await versionIn(python);
  return version ? { name: `pytest ${version}`, python } : { name, missing: `${python} cannot run that of Debian` };
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
