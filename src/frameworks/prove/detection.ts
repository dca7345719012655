import { relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import { filesOf } from '../command/entries.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { namedFolders } from '../named-folders.ts';

/** What is installed or built, and the files that tests are made of. */
const passedOver = ['node_modules', '.git', 'blib', 'local', 'vendor', '.build'].map(name => `**/${name}/**`);

/** The folders with a folder `t` of files `*.t`, as prove finds them, in the settings' folders or anywhere. */
export async function detectTestFiles({ folder, settings }: DetectionContext): Promise<Detection> {
  const { enabled, folders } = settings.tap;
  if (!enabled) return { projects: [], problems: [] };
  const { candidates, problems } = namedFolders('tap', folder, folders ?? []);
  // What a command of the configuration runs is run by that.
  const taken = new Set((await Promise.all(settings.command.map(entry => filesOf(entry, folder)))).flat());
  const find = async (place: string, pattern: string) =>
    (await glob([pattern], { cwd: place, absolute: true, ignore: passedOver, expandDirectories: false }))
      .map(file => resolve(file))
      .filter(file => !taken.has(file))
      .sort();
  if (folders) {
    const found = await Promise.all(
      candidates.map(async ({ root }) => ({ root, files: await find(root, 't/**/*.t') })),
    );
    const empty = found.filter(({ files }) => files.length === 0).map(({ root }) => nothingIn(root));
    const projects = found.filter(({ files }) => files.length > 0);
    return {
      projects: projects.map(({ root, files }) => projectAt(root, files, folder)),
      problems: [...problems, ...empty],
    };
  }
  const byRoot = Map.groupBy(await find(folder.path, '**/t/**/*.t'), file => rootOf(file, folder));
  return { projects: [...byRoot].map(([root, files]) => projectAt(root, files, folder)), problems };
}

/** Whose first folder `t` the file is in. */
function rootOf(file: string, folder: Folder): string {
  const parts = relative(folder.path, file).split(/[\\/]/);
  return resolve(folder.path, ...parts.slice(0, parts.indexOf('t')));
}

function projectAt(root: string, files: readonly string[], folder: Folder): Project {
  const below = relative(folder.path, root).replaceAll('\\', '/');
  return {
    id: `tap:${folder.name}:${below || '.'}`,
    framework: 'tap',
    folder,
    root,
    label: below ? `t · ${below}` : 't',
    files,
    watch: ['t/**/*.t'],
  };
}

function nothingIn(root: string): Problem {
  const message = `There is no file t/*.t in ${root}.`;
  return { severity: 'error', key: 'tap.folders', message, fix: 'Correct "tap.folders".' };
}
