import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installFixture } from '../installed.ts';

/** The oldest that Bulkhead works with, and the newest. */
export const jestLines = ['jest29', 'jest30'] as const;
export type JestLine = (typeof jestLines)[number];
export const newestLine: JestLine = 'jest30';

/** Puts one into a project; all are installed when the first is asked for. */
export async function linkJest(root: string, line: JestLine = newestLine): Promise<string> {
  const home = join(await installFixture('jest-versions'), line);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(home, join(root, 'node_modules/jest'), 'junction');
  return home;
}
