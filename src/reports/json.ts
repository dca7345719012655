import type { TestRecord } from '../protocol/verdict.ts';
import { allCounts, pathIn, type Pieces, type RunReport } from './report.ts';
import { advice, headline } from './wording.ts';

/** Raised when a program that reads version 1 would misread what is written. */
export const jsonFormat = 1;

/** One JSON document with everything that is known of the run. */
export function* jsonReport({ version, folder, cage, summary, records }: RunReport): Pieces {
  const { run, planned, leaked, flaky, startedAt, durationMs, cancelled, problems, journal } = summary;
  const head = {
    format: jsonFormat,
    bulkhead: version,
    folder,
    run: {
      id: run,
      startedAt: new Date(startedAt).toISOString(),
      durationMs,
      cancelled,
      planned,
      counts: allCounts(summary),
      leaked,
      flaky,
      journal,
    },
    cage,
    problems,
  };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "tests": [`;
  let separator = '\n';
  for (const record of records) {
    yield `${separator}    ${JSON.stringify(jsonTest(folder, record))}`;
    separator = ',\n';
  }
  yield records.length > 0 ? '\n  ]\n}\n' : ']\n}\n';
}

/** A test as it stands in every document. */
export function jsonTest(folder: string, record: TestRecord): object {
  const { test, startedAt, ...rest } = record;
  const { framework, file, titlePath, ordinal, key, line, column } = test;
  return {
    key,
    framework,
    file: pathIn(folder, file),
    titlePath,
    ordinal,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    headline: headline(record),
    advice: advice(record),
    startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
    ...rest,
  };
}
