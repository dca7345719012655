import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installFixture } from '../installed.ts';

/** The oldest that Bulkhead works with, and the newest. */
export const vitestLines = ['vitest3', 'vitest4', 'vitest5'] as const;
export type VitestLine = (typeof vitestLines)[number];
export const newestLine: VitestLine = 'vitest5';

/** Puts one into a project; all are installed when the first is asked for. */
export async function linkVitest(root: string, line: VitestLine = newestLine): Promise<string> {
  const home = join(await installFixture('vitest-versions'), line);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(home, join(root, 'node_modules/vitest'), 'junction');
  return home;
}
