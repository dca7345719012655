import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from '../protocol/messages.ts';
import type { Folder } from '../protocol/tests.ts';

export interface NamedFolders {
  readonly candidates: readonly { readonly root: string; readonly kind: 'named' }[];
  readonly problems: readonly Problem[];
}

/** The folders that the setting `<framework>.folders` names. */
export function namedFolders(framework: string, folder: Folder, names: readonly string[]): NamedFolders {
  const candidates: NamedFolders['candidates'][number][] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const root = resolve(folder.path, name);
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) candidates.push({ root, kind: 'named' });
    else {
      const key = `${framework}.folders`;
      const message = `There is no folder ${name} in ${folder.path}.`;
      problems.push({ severity: 'error', key, message, fix: `Correct "${key}".` });
    }
  }
  return { candidates, problems };
}
