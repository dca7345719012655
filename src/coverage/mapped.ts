import { decodedMappings, LEAST_UPPER_BOUND, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';
import type { BranchCoverage, CoverageDetail, FunctionCoverage, Span } from '../protocol/coverage.ts';
import { readFound } from './found-file.ts';
import { type FunctionRanges, isWhole } from './report.ts';
import { pathOf, type Source, traceOf } from './sources.ts';
import { lineAt, linesOf, type TextLine } from './text-lines.ts';

type MappedSource = Extract<Source, { kind: 'mapped' }>;

interface Account {
  readonly text: readonly TextLine[] | null;
  readonly lines: Map<number, number>;
  readonly branches: BranchCoverage[];
  readonly functions: FunctionCoverage[];
}

/**
 * What of the original files ran, where tools have made something else of them. Only lines that have a place in the map count: a
 * line of nothing but types or comments has none. A line ran as often as the part of it that ran most often.
 */
export function mappedDetails(
  { map, url, lineLengths }: MappedSource,
  functions: readonly FunctionRanges[],
): ReadonlyMap<string, CoverageDetail> {
  const trace = traceOf(map, url);
  const starts = startsOf(lineLengths);
  const length = (starts.at(-1)?.start ?? 0) + (lineLengths.at(-1) ?? 0);
  const accounts = trace.resolvedSources.map((source, index) => accountOf(source, trace.sourcesContent?.[index]));
  countLines(trace, starts, functions, accounts);
  const placeOf = (offset: number, bias?: typeof LEAST_UPPER_BOUND) => {
    const at = lineAt(starts, offset);
    const needle = { line: at + 1, column: offset - starts[at]!.start, ...(bias ? { bias } : {}) };
    return originalPositionFor(trace, needle);
  };
  for (const [index, { functionName, ranges, isBlockCoverage }] of functions.entries()) {
    for (const [place, { startOffset, endOffset, count }] of ranges.entries()) {
      const from = placeOf(startOffset, LEAST_UPPER_BOUND);
      const to = placeOf(endOffset);
      // Helpers that a tool has added are nobody's code.
      if (from.source === null || to.source !== from.source || to.line < from.line) continue;
      const account = accounts[trace.resolvedSources.indexOf(from.source)];
      if (!account) continue;
      const span = { line: from.line, column: from.column + 1, endLine: to.line, endColumn: to.column + 1 };
      if (isIgnored(account, span)) continue;
      if (isBlockCoverage) account.branches.push({ ...span, count, body: place === 0 });
      if (place === 0 && !(index === 0 && isWhole(functions, length)))
        account.functions.push({ ...span, name: functionName, count });
    }
  }
  return new Map(
    accounts.flatMap(({ lines, text, ...rest }, index) => {
      const file = pathOf(trace.resolvedSources[index]!);
      const counted = [...lines].filter(([line]) => !text?.[line - 1]?.ignored).sort(([a], [b]) => a - b);
      return file === null ? [] : [[file, { lines: counted, ...rest }] as const];
    }),
  );
}

function startsOf(lengths: readonly number[]): { readonly start: number }[] {
  let start = 0;
  return lengths.map(length => {
    const own = { start };
    start += length + 1;
    return own;
  });
}

function accountOf(source: string, content: string | null | undefined): Account {
  const text = content ?? readText(source);
  return { text: text === null ? null : linesOf(text), lines: new Map(), branches: [], functions: [] };
}

function readText(source: string): string | null {
  try {
    return readFound(pathOf(source) ?? '');
  } catch {
    // Its comments cannot be heeded; what ran is known without it.
    return null;
  }
}

function countLines(
  trace: TraceMap,
  starts: readonly { readonly start: number }[],
  functions: readonly FunctionRanges[],
  accounts: readonly Account[],
): void {
  const countAt = counter(functions);
  for (const [generated, segments] of decodedMappings(trace).entries()) {
    for (const segment of segments) {
      if (segment.length === 1) continue;
      const [column, source, line] = segment;
      const { lines } = accounts[source]!;
      const count = countAt((starts[generated]?.start ?? 0) + column);
      lines.set(line + 1, Math.max(lines.get(line + 1) ?? 0, count));
    }
  }
}

/** How often the character at an offset ran; to be asked for offsets that grow. */
function counter(functions: readonly FunctionRanges[]): (offset: number) => number {
  const ranges = functions
    .flatMap(each => each.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const open: typeof ranges = [];
  let next = 0;
  return offset => {
    for (; next < ranges.length && ranges[next]!.startOffset <= offset; next++) {
      while (open.length > 0 && open.at(-1)!.endOffset <= ranges[next]!.startOffset) open.pop();
      open.push(ranges[next]!);
    }
    while (open.length > 0 && open.at(-1)!.endOffset <= offset) open.pop();
    return open.at(-1)?.count ?? 0;
  };
}

function isIgnored({ text }: Account, { line, endLine }: Span): boolean {
  return text?.slice(line - 1, endLine).every(({ ignored }) => ignored) ?? false;
}
