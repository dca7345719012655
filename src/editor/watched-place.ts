import { resolve } from 'node:path';

/** VS Code watches below a folder: what a glob climbs has to be climbed before. */
export function watchedPlace(root: string, glob: string): { readonly root: string; readonly glob: string } {
  const [above = ''] = /^(?:\.\.\/)+(?:[^*?{}[\]/]+\/)*/.exec(glob) ?? [];
  return above === '' ? { root, glob } : { root: resolve(root, above), glob: glob.slice(above.length) };
}
