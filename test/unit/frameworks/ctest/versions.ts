import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installPinned, pinnedVersion } from '../pinned.ts';

/** The folder of a cmake and its ctest, or why they cannot be had here. */
export type CmakeLine =
  { readonly name: string; readonly bin: string } | { readonly name: string; readonly missing: string };

/** The newest, which pip installs where a package index is reached; the machine's own (Debian 12 has 3.25) is the older one. */
export async function newestCmake(): Promise<CmakeLine> {
  const name = `cmake ${pinnedVersion('cmake-versions', 'cmake')}`;
  const installed = await installPinned('cmake-versions');
  if ('missing' in installed) return { name, ...installed };
  const python = join(installed.environment, 'bin/python');
  // The programs themselves: what pip puts beside Python starts Python first.
  const { stdout } = await promisify(execFile)(python, ['-c', 'import cmake; print(cmake.__file__)']);
  return { name, bin: join(dirname(stdout.trim()), 'data/bin') };
}
