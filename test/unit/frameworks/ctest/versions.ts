import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fromDebian } from '../debian.ts';
import { installPinned, pinnedVersion } from '../pinned.ts';

/** The folder of a cmake and its ctest, or why they cannot be had here. */
export type CmakeLine =
  { readonly name: string; readonly bin: string } | { readonly name: string; readonly missing: string };

/** The newest, which pip installs where a package index is reached, or that of Debian. */
export async function newestCmake(): Promise<CmakeLine> {
  const installed = await installPinned('cmake-versions');
  if ('missing' in installed) return ofDebian('sid', `cmake ${pinnedVersion('cmake-versions', 'cmake')}`);
  const python = join(installed.environment, 'bin/python');
  // The programs themselves: what pip puts beside Python starts Python first.
  const { stdout } = await promisify(execFile)(python, ['-c', 'import cmake; print(cmake.__file__)']);
  return named(join(dirname(stdout.trim()), 'data/bin'));
}

/** The oldest that can be had: 3.14, with which its list begins, is in no release of Debian that is still offered. */
export function oldestCmake(): Promise<CmakeLine> {
  const chosen = process.env['BULKHEAD_CMAKE'];
  if (chosen !== undefined) return named(chosen);
  return ofDebian('bullseye', 'cmake 3.18');
}

async function ofDebian(release: 'bullseye' | 'sid', name: string): Promise<CmakeLine> {
  const unpacked = await fromDebian({ release, packages: ['cmake'], needs: 'all', programs: ['cmake', 'ctest'] });
  return 'missing' in unpacked ? { name, ...unpacked } : named(join(unpacked.root, 'usr/bin'));
}

async function named(bin: string): Promise<CmakeLine> {
  const { stdout } = await promisify(execFile)(join(bin, 'ctest'), ['--version']);
  return { name: `cmake ${/[\d.]+/.exec(stdout)![0]}`, bin };
}
