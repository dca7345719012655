import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Problem } from '../protocol/messages.ts';
import { jsonReport } from '../reports/json.ts';
import { junitReport } from '../reports/junit.ts';
import { markdownReport } from '../reports/markdown.ts';
import type { Pieces, RunReport } from '../reports/report.ts';

export interface ReportTarget {
  /** As it was written on the command line. */
  readonly file: string;
  readonly render: (report: RunReport) => Pieces;
}

/** Coverage is asked for when the run has ended, and written file by file. */
export function isLcov(file: string): boolean {
  return ['.info', '.lcov'].includes(extname(file).toLowerCase());
}

/** Null: the ending of the name says of no kind. */
export function reportTarget(file: string): ReportTarget | null {
  switch (extname(file).toLowerCase()) {
    case '.json':
      return { file, render: jsonReport };
    case '.xml':
      return { file, render: junitReport };
    case '.md':
      return { file, render: markdownReport };
    default:
      return null;
  }
}

/** Before the run, so that a run of an hour does not end without its report. */
export async function prepareReport({ file }: Pick<ReportTarget, 'file'>): Promise<Problem | null> {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    // What is wrong with it beside that is told when it is written.
    const existing = await stat(file).catch(() => null);
    return existing?.isDirectory() ? unwritten(file, 'it is a folder') : null;
  } catch (error) {
    return unwritten(file, (error as Error).message);
  }
}

export async function writeReport({ file, render }: ReportTarget, report: RunReport): Promise<Problem | null> {
  try {
    await pipeline(Readable.from(render(report)), createWriteStream(file));
    return null;
  } catch (error) {
    return unwritten(file, (error as Error).message);
  }
}

export function unwritten(file: string, why: string): Problem {
  return {
    severity: 'error',
    file,
    message: `the report cannot be written: ${why}`,
    fix: 'Give --output another file.',
  };
}
