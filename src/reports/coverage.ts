import type { Count, CoverageSummary } from '../protocol/coverage.ts';
import { plural } from './excerpt.ts';
import { pathIn } from './report.ts';

const mostFiles = 20;

/** All files together, and those of which most did not run. */
export function coverageText({ files }: CoverageSummary, folder: string): string[] {
  if (files.length === 0) return ['Coverage: no file of the workspace was run, but for the tests themselves.'];
  const all = (what: 'lines' | 'branches' | 'functions') => sum(files.map(file => file[what]));
  const parts = (['lines', 'branches', 'functions'] as const).map(what => `${share(all(what))} of ${what}`);
  const gaps = files
    .filter(({ lines, branches, functions }) => [lines, branches, functions].some(isPartial))
    .toSorted((a, b) => missingOf(b.lines) - missingOf(a.lines));
  const shown = gaps.slice(0, mostFiles);
  const width = Math.max(0, ...shown.map(({ file }) => pathIn(folder, file).length));
  return [
    `Coverage of ${plural(files.length, 'file')}: ${parts.join(', ')}`,
    ...shown.map(({ file, lines, branches, functions }) => {
      const name = pathIn(folder, file).padEnd(width);
      return `  ${name}  ${share(lines)} of lines, ${share(branches)} of branches, ${share(functions)} of functions`;
    }),
    ...(gaps.length > mostFiles ? [`  and ${plural(gaps.length - mostFiles, 'more file')} with gaps`] : []),
  ];
}

/** Never rounded up to all of it. */
export function share({ covered, total }: Count): string {
  return total === 0 ? '100 %' : `${Math.floor((covered / total) * 1000) / 10} %`;
}

export function sum(counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({ covered: a.covered + b.covered, total: a.total + b.total }), {
    covered: 0,
    total: 0,
  });
}

function isPartial({ covered, total }: Count): boolean {
  return covered < total;
}

function missingOf({ covered, total }: Count): number {
  return total - covered;
}
