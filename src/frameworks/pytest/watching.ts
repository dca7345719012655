import { statSync } from 'node:fs';
import { posix, relative } from 'node:path';
import { configNames } from './candidates.ts';
import type { Listed } from './listing.ts';

/** What must not change for the list of files to stay as it is. */
export function watchGlobs(root: string, { config, paths, patterns, doctests }: Listed): string[] {
  const names = [...patterns, ...(doctests ? ['*.py'] : []), 'conftest.py'];
  const places = paths.map(path => fromRoot(root, path));
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return [
    ...new Set([
      ...configNames,
      'pyproject.toml',
      'tox.ini',
      'setup.cfg',
      ...(config ? [fromRoot(root, config)] : []),
      // Those above the folders that are looked through count too.
      'conftest.py',
      ...places.flatMap((place, index) =>
        isFile(paths[index]!) ? [place] : names.map(name => posix.join(place, '**', name)),
      ),
    ]),
  ];
}

function fromRoot(root: string, path: string): string {
  return posix.normalize(relative(root, path).replaceAll('\\', '/')).replace(/\/$/, '');
}
