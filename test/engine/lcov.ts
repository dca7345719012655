import { readFileSync } from 'node:fs';

/** What an lcov file says of each file: lines with their hits or none, and how many functions and branches there were. */
export function readLcov(path: string): Record<string, { missed: string[]; sums: string[] }> {
  const records = readFileSync(path, 'utf8')
    .split('end_of_record\n')
    .filter(record => record.trim() !== '');
  return Object.fromEntries(
    records.map(record => {
      const lines = record.split('\n');
      const missed = lines.filter(line => /^DA:\d+,0$/.test(line));
      const sums = lines.filter(line => /^(LF|LH|BRF|BRH|FNF|FNH):/.test(line)).toSorted();
      return [lines.find(line => line.startsWith('SF:'))!.slice(3), { missed, sums }];
    }),
  );
}
