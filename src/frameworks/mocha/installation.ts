import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const oldest = 9;

export type Installation =
  | { readonly kind: 'found'; readonly folder: string }
  | { readonly kind: 'too-old'; readonly folder: string; readonly version: string }
  | { readonly kind: 'missing' };

/** The mocha that code in this folder would get. */
export function installationFor(root: string): Installation {
  let manifest: string;
  try {
    manifest = createRequire(join(root, 'package.json')).resolve('mocha/package.json');
  } catch {
    return { kind: 'missing' };
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = dirname(manifest);
  return Number.parseInt(version, 10) >= oldest ? { kind: 'found', folder } : { kind: 'too-old', folder, version };
}
