import { join, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { Problem } from '../protocol/messages.ts';
import type { DetectionContext } from './framework.ts';

/** Deeper ones can be named in the setting `folders` of the framework. */
const depth = 6;

export interface Manifests {
  readonly files: readonly string[];
  /** Folders of the settings that have none. */
  readonly problems: readonly Problem[];
}

/** The files of this name below the folder, or in the folders of the framework's own settings alone. */
export async function findManifests(
  { folder, settings }: DetectionContext,
  framework: 'cargo' | 'go',
  name: string,
  ignore: readonly string[],
): Promise<Manifests> {
  const { folders } = settings[framework];
  const found = await glob(folders?.map(each => join(each, name).replaceAll('\\', '/')) ?? [`**/${name}`], {
    cwd: folder.path,
    absolute: true,
    deep: depth,
    followSymbolicLinks: false,
    ignore: [...ignore],
    expandDirectories: false,
  });
  const files = found.map(file => resolve(file));
  const problems = (folders ?? [])
    .filter(each => !files.includes(resolve(folder.path, each, name)))
    .map((each): Problem => {
      const message = `There is no ${name} in ${join(folder.path, each)}.`;
      const key = `${framework}.folders`;
      return { severity: 'error', key, message, fix: `Correct "${key}".` };
    });
  return { files, problems };
}
