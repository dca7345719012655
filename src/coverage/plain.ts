import type { CoverageDetail, Span } from '../protocol/coverage.ts';
import { type FunctionRanges, isWhole } from './report.ts';
import { lineAt, linesOf } from './text-lines.ts';

/**
 * What of a text ran. A line did not where the innermost range that holds all of it did not, so that a line with only a part that
 * did not run counts as run; each range of a function that V8 counts by blocks is a branch. Node and c8 count in the same way.
 */
export function plainDetail(written: string, functions: readonly FunctionRanges[]): CoverageDetail {
  const text = asCounted(written, functions);
  const lines = linesOf(text);
  const counts = lines.map<number>(({ start, end }) => (start === end ? 1 : 0));
  const spanOf = (startOffset: number, endOffset: number): Span => {
    const [first, last] = [lineAt(lines, startOffset), lineAt(lines, Math.max(startOffset, endOffset - 1))];
    return {
      line: first + 1,
      column: startOffset - lines[first]!.start + 1,
      endLine: last + 1,
      endColumn: Math.min(endOffset, lines[last]!.end) - lines[last]!.start + 1,
    };
  };
  const isIgnored = ({ line, endLine }: Span) => lines.slice(line - 1, endLine).every(({ ignored }) => ignored);
  const detail = {
    branches: [] as CoverageDetail['branches'][number][],
    functions: [] as CoverageDetail['functions'][number][],
  };
  for (const [index, { functionName, ranges, isBlockCoverage }] of functions.entries()) {
    for (const [place, { startOffset, endOffset, count }] of ranges.entries()) {
      for (let at = lineAt(lines, startOffset); at < lines.length && lines[at]!.start < endOffset; at++) {
        const { start, end } = lines[at]!;
        if (startOffset <= start && endOffset >= end) counts[at] = count;
      }
      const span = spanOf(startOffset, endOffset);
      if (isIgnored(span)) continue;
      if (isBlockCoverage) detail.branches.push({ ...span, count, body: place === 0 });
      if (place === 0 && !(index === 0 && isWhole(functions, text.length)))
        detail.functions.push({ ...span, name: functionName, count });
    }
  }
  return { lines: counts.flatMap((count, at) => (lines[at]!.ignored ? [] : [[at + 1, count] as const])), ...detail };
}

/** V8 counts the mark of an encoding in CommonJS, and not in a module. */
function asCounted(written: string, functions: readonly FunctionRanges[]): string {
  const end = isWhole(functions, 0) ? functions[0]!.ranges[0]!.endOffset : null;
  return written.startsWith('\uFEFF') && end === written.length - 1 ? written.slice(1) : written;
}
