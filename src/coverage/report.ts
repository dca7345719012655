import type { Profiler } from 'node:inspector';
import { readFound } from './found-file.ts';

export type FunctionRanges = Profiler.FunctionCoverage;

/** A source map as Node found it at the end of a script, with the lengths of the lines that V8 ran. */
export interface CachedMap {
  readonly lineLengths: readonly number[];
  data: object | null;
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

export type SourceMaps = Readonly<Record<string, object | undefined>>;

/** Those that a framework tells apart from the scripts. */
export function readMaps(path: string): SourceMaps {
  try {
    return (JSON.parse(readFound(path)) as SourceMaps | null) ?? {};
  } catch {
    // Most tell none.
    return {};
  }
}

/** Null: it was cut off in the middle, or is not a report at all. */
export function readReport(path: string, maps: SourceMaps): V8Report | null {
  try {
    const report = JSON.parse(readFound(path)) as Partial<V8Report>;
    if (!Array.isArray(report.result)) return null;
    for (const [url, cached] of Object.entries(report['source-map-cache'] ?? {})) {
      if (cached && !cached.data && maps[url]) cached.data = maps[url];
    }
    return report as V8Report;
  } catch {
    // The process was killed while it wrote.
    return null;
  }
}
