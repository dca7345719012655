import type { Count, CoverageDetail } from '../protocol/coverage.ts';
import { mappedDetails } from './mapped.ts';
import { plainDetail } from './plain.ts';
import type { FunctionRanges } from './report.ts';
import type { Source } from './sources.ts';

/** What of its files ran, by their paths; none where the source map makes no sense. */
export function detailsOf(source: Source, functions: readonly FunctionRanges[]): ReadonlyMap<string, CoverageDetail> {
  try {
    return source.kind === 'text'
      ? new Map([[source.file, plainDetail(source.text, functions)]])
      : mappedDetails(source, functions);
  } catch {
    // Source maps are made by anybody.
    return new Map();
  }
}

/** Of a file that is a part of several scripts. */
export function joined(a: CoverageDetail, b: CoverageDetail): CoverageDetail {
  const lines = new Map(a.lines);
  for (const [line, count] of b.lines) lines.set(line, (lines.get(line) ?? 0) + count);
  return {
    lines: [...lines].sort(([x], [y]) => x - y),
    branches: added(a.branches, b.branches),
    functions: added(a.functions, b.functions),
  };
}

export function countsOf({ lines, branches, functions }: CoverageDetail) {
  return {
    lines: countOf(lines.map(([, count]) => count)),
    branches: countOf(branches.map(({ count }) => count)),
    functions: countOf(functions.map(({ count }) => count)),
  };
}

function countOf(counts: readonly number[]): Count {
  return { covered: counts.filter(count => count > 0).length, total: counts.length };
}

function added<T extends { readonly count: number }>(a: readonly T[], b: readonly T[]): readonly T[] {
  const all = new Map<string, T>();
  for (const each of [...a, ...b]) {
    const name = JSON.stringify({ ...each, count: 0 });
    all.set(name, { ...each, count: (all.get(name)?.count ?? 0) + each.count });
  }
  return [...all.values()];
}
