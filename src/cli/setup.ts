import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { environmentLayer } from '../config/environment.ts';
import { loadConfig } from '../config/load.ts';
import { problemAt } from '../config/reading.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { FolderSetup, Problem } from '../protocol/messages.ts';
import type { Folder } from '../protocol/tests.ts';
import { findTargets, type Target } from './targets.ts';

export interface Setup {
  readonly folder: FolderSetup;
  readonly targets: readonly Target[];
  /** With an error among them nothing may be run. */
  readonly problems: readonly Problem[];
}

/** Everything that can be wrong before anything is started, all of it at once. */
export async function readSetup(
  request: { readonly folder: string | null; readonly paths: readonly string[]; readonly layer?: SettingsLayer },
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<Setup | { readonly problems: readonly Problem[] }> {
  const folder = await findFolder(request.folder ?? '.', cwd);
  if ('message' in folder) return { problems: [folder] };
  const config = await loadConfig(folder.path);
  const environment = environmentLayer(env);
  const { targets, problems } = await findTargets(request.paths, folder.path, cwd);
  return {
    folder: { folder, overrides: { ...environment.layer, ...request.layer } },
    targets,
    problems: [...config.problems, ...environment.problems, ...problems],
  };
}

async function findFolder(written: string, cwd: string): Promise<Folder | Problem> {
  try {
    const path = await realpath(resolve(cwd, written));
    if ((await stat(path)).isDirectory()) return { name: basename(path), path };
    return problemAt('--folder', `${written} is not a folder`, 'Name the folder of the project.');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`;
    return problemAt('--folder', `${written} ${why}`, 'Name the folder of the project.');
  }
}
