import { resolve } from 'node:path';
import type { FrameworkName, Settings } from '../../config/settings.ts';
import type { Folder } from '../../protocol/tests.ts';

/** The Node that runs a framework. */
export function nodeFor(name: FrameworkName, settings: Settings, folder: Folder): string {
  const node = settings[name].program ?? settings.node;
  // A name without a separator is looked up in the PATH.
  return /[\\/]/.test(node) ? resolve(folder.path, node) : node;
}
