import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { fromDebian } from '../debian.ts';

/** A version of Go to test with, or why it cannot be had here. */
export type GoLine =
  { readonly name: string; readonly go: string } | { readonly name: string; readonly missing: string };

/** The newest that Debian has; the machine's own (Debian 12 has 1.19) is the oldest line. */
export async function newestGo(): Promise<GoLine> {
  const unpacked = await fromDebian({ release: 'sid', packages: ['golang-go'], needs: 'all' });
  if ('missing' in unpacked) return { name: 'the newest Go', ...unpacked };
  const [go] = globSync('usr/lib/go-1.*/bin/go', { cwd: unpacked.root });
  return { name: `Go ${/go-([\d.]+)/.exec(go!)![1]}`, go: join(unpacked.root, go!) };
}
