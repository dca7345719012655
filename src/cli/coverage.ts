import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CoverageSummary } from '../protocol/coverage.ts';
import type { Problem } from '../protocol/messages.ts';
import { lcovRecord } from '../reports/lcov.ts';
import type { Connection } from './connection.ts';
import { unwritten } from './report-files.ts';

/** Asked for file by file, so that no more than one is held at a time. */
export async function writeLcov(
  target: string,
  coverage: CoverageSummary,
  { connection, run, folder }: { readonly connection: Connection; readonly run: string; readonly folder: string },
): Promise<Problem | null> {
  async function* records() {
    for (const file of coverage.files) {
      const detail = await connection.ask('coverageDetail', { run, file: file.file });
      if (detail) yield lcovRecord(folder, file, detail);
    }
  }
  try {
    await pipeline(Readable.from(records()), createWriteStream(target));
    return null;
  } catch (error) {
    return unwritten(target, (error as Error).message);
  }
}
