import { isAbsolute, posix, relative } from 'node:path';
import type { Listing } from './listing.ts';
import { configNames } from './runner.ts';

type Found = Extract<Listing, { ok: true }>;

const magic = /[*?[\]{}()!]/;

/** What must not change for the list of files to stay as it is. */
export function watchGlobs(root: string, listing: Found): string[] {
  const specs = listing.spec.length > 0 ? listing.spec : ['test'];
  const globs = [
    configNames,
    'package.json',
    ...(listing.config ? [fromRoot(root, listing.config)] : []),
    ...listing.preloaded.map(file => fromRoot(root, file)),
    ...specs.flatMap(spec => specGlobs(fromRoot(root, spec), listing)),
  ];
  return [...new Set(globs)];
}

/** Mocha takes a plain name as a file, as a file without its extension, or as a folder. */
function specGlobs(spec: string, { extension, recursive }: Found): string[] {
  if (magic.test(spec)) return [spec];
  const names = extension.map(each => each.replace(/^\./, ''));
  const suffix = names.length === 1 ? names[0]! : `{${names.join(',')}}`;
  return [spec, `${spec}.${suffix}`, `${spec}/${recursive ? '**/' : ''}*.${suffix}`];
}

function fromRoot(root: string, path: string): string {
  const own = isAbsolute(path) ? relative(root, path) : path;
  return posix.normalize(own.replaceAll('\\', '/')).replace(/\/$/, '');
}
