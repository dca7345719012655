import type { CoverageDetail, FileCoverage } from '../protocol/coverage.ts';
import { pathIn } from './report.ts';

/** What is read by whatever shows coverage: lines, branches and functions of one file. */
export function lcovRecord(folder: string, { file }: FileCoverage, detail: CoverageDetail): string {
  const { lines, branches, functions } = detail;
  const hit = (each: { readonly count: number }) => each.count > 0;
  const names = functions.map(({ name }, index) => name.replace(/[\r\n,]/g, ' ') || `(anonymous_${index})`);
  return [
    'TN:',
    `SF:${pathIn(folder, file)}`,
    ...functions.map(({ line }, index) => `FN:${line},${names[index]}`),
    ...functions.map(({ count }, index) => `FNDA:${count},${names[index]}`),
    `FNF:${functions.length}`,
    `FNH:${functions.filter(hit).length}`,
    ...branches.map(({ line, count }, index) => `BRDA:${line},${index},0,${count}`),
    `BRF:${branches.length}`,
    `BRH:${branches.filter(hit).length}`,
    ...lines.map(([line, count]) => `DA:${line},${count}`),
    `LH:${lines.filter(([, count]) => count > 0).length}`,
    `LF:${lines.length}`,
    'end_of_record',
    '',
  ].join('\n');
}
