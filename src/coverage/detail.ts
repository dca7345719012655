import type { Count, CoverageDetail } from '../protocol/coverage.ts';
import { mappedDetails } from './mapped.ts';
import { plainDetail } from './plain.ts';
import type { Ran } from './shelf.ts';
import type { Source } from './sources.ts';
import { tracedDetail } from './traced.ts';

/** What of its files ran, by their paths; none where the source map makes no sense. */
export function detailsOf(source: Source, ran: Ran): ReadonlyMap<string, CoverageDetail> {
  try {
    if ('arcs' in ran) {
      return new Map(source.kind === 'surveyed' ? [[source.file, tracedDetail(source.survey, ran.arcs)]] : []);
    }
    switch (source.kind) {
      case 'text':
        return new Map([[source.file, plainDetail(source.text, ran.functions)]]);
      case 'mapped':
        return mappedDetails(source, ran.functions);
      case 'surveyed':
        return new Map();
    }
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
