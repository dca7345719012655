import { join } from 'node:path';
import { installFixture } from '../installed.ts';

/** The oldest that Bulkhead works with, and the newest; the machine's own (Debian 12 has 1.8) is between them. */
export const batsLines = ['bats5', 'bats13'] as const;
export type BatsLine = (typeof batsLines)[number];

/** The program; all are installed when the first is asked for. */
export async function batsOf(line: BatsLine): Promise<string> {
  return join(await installFixture('bats-versions'), line, 'bin/bats');
}
