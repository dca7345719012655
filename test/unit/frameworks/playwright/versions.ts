import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installFixture } from '../installed.ts';

/** The oldest that Bulkhead works with, and the newest. */
export const playwrightLines = ['playwright150', 'playwright165'] as const;
export type PlaywrightLine = (typeof playwrightLines)[number];
export const newestLine: PlaywrightLine = 'playwright165';

/** Puts one into a project; all are installed when the first is asked for. */
export async function linkPlaywright(root: string, line: PlaywrightLine = newestLine): Promise<string> {
  const home = join(await installFixture('playwright-versions'), line);
  mkdirSync(join(root, 'node_modules/@playwright'), { recursive: true });
  symlinkSync(home, join(root, 'node_modules/@playwright/test'), 'junction');
  return home;
}
