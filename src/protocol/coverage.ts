import { createHash } from 'node:crypto';
import type { Problem } from './messages.ts';
import type { TestKey } from './tests.ts';

export interface Count {
  readonly covered: number;
  readonly total: number;
}

/** One file of the workspace; in lines, a file counts as Node's own coverage and c8 count it. */
export interface FileCoverage {
  readonly file: string;
  readonly lines: Count;
  readonly branches: Count;
  readonly functions: Count;
  /** Which tests ran any of it, as places in the list of all tests. */
  readonly tests: readonly number[];
}

export interface CoverageSummary {
  readonly files: readonly FileCoverage[];
  readonly tests: readonly TestKey[];
  /** Tests that were ended before they could tell what they had run. */
  readonly missing: readonly TestKey[];
  readonly problems: readonly Problem[];
}

/** One-based lines and columns; the end is behind the last character. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface BranchCoverage extends Span {
  readonly count: number;
  /** The body of a function, and not a part of one. */
  readonly body: boolean;
}

export interface FunctionCoverage extends Span {
  /** Empty where it has none. */
  readonly name: string;
  readonly count: number;
}

export interface CoverageDetail {
  /** Line and count, for each line that counts. */
  readonly lines: readonly (readonly [line: number, count: number])[];
  readonly branches: readonly BranchCoverage[];
  readonly functions: readonly FunctionCoverage[];
}

/** Requests about the coverage of a run that measured it, and the type of their answers. */
export interface CoverageRequests {
  coverage: { params: { readonly run: string }; result: CoverageSummary };
  /** Of all tests, or of one; null: nothing is known of that file. */
  coverageDetail: {
    params: { readonly run: string; readonly file: string; readonly test?: TestKey };
    result: CoverageDetail | null;
  };
}

/** What of a Python file could run, as the coverage.py that measured it counts that. */
export interface SourceSurvey {
  readonly file: string;
  /** SHA-256 of the text that it is about. */
  readonly text: string;
  readonly statements: readonly number[];
  /** By lines in the middle of a statement: the line that it begins in. */
  readonly firsts: readonly (readonly [line: number, first: number])[];
  readonly branches: readonly {
    readonly line: number;
    readonly column: number;
    readonly to: readonly number[];
    /** A comment says that it need not go each way. */
    readonly free: boolean;
  }[];
  readonly functions: readonly (Span & {
    readonly name: string;
    /** The line by which Python calls its beginning. */
    readonly entry: number;
    readonly body: number;
  })[];
}

/** In the folder of a process of pytest: who measured, or why nobody did. */
export const pythonNote = 'python.json';
/** What the databases of coverage.py there are called, before a dot. */
export const pythonData = 'arcs';

/** Beside the reports of a process: source maps by script, for those of its scripts that have none in themselves. */
export const mapsName = 'maps.json';

/** By this the code inside a framework names what ran during a test, in the name of a file. */
export function sliceName(path: readonly string[], ordinal: number): string {
  return createHash('sha256')
    .update(JSON.stringify([path, ordinal]))
    .digest('hex')
    .slice(0, 20);
}
