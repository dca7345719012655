import { readFileSync, statSync } from 'node:fs';
import type { Profiler } from 'node:inspector';

export type FunctionRanges = Profiler.FunctionCoverage;

/** A source map as Node found it at the end of a script, with the lengths of the lines that V8 ran. */
export interface CachedMap {
  readonly lineLengths: readonly number[];
  readonly data: object | null;
  readonly url?: string | null;
}

/** What a process of Node writes to NODE_V8_COVERAGE. */
export interface V8Report {
  readonly result: readonly Profiler.ScriptCoverage[];
  readonly 'source-map-cache'?: Readonly<Record<string, CachedMap | undefined>>;
}

/** The first function is the file itself, to which Node may have appended a comment, unless only a part of its time is told of. */
export function isWhole([first]: readonly FunctionRanges[], length: number): boolean {
  const range = first?.ranges[0];
  return range?.startOffset === 0 && range.endOffset >= length;
}

/** More than a process of tests has ever written; it would have to be held in memory several times over. */
const largestReport = 192 * 1024 ** 2;

/** Null: it was cut off in the middle, or is not a report at all. */
export function readReport(path: string): V8Report | null {
  try {
    if (statSync(path).size > largestReport) return null;
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<V8Report>;
    return Array.isArray(report.result) ? (report as V8Report) : null;
  } catch {
    // The process was killed while it wrote.
    return null;
  }
}
