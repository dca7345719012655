import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { attacks, type Cell, columns, type NotTried } from './table.ts';

export const page = join(import.meta.dirname, '../../../docs/cages.md');
const begin = '<!-- From here to the end mark: written by test/engine/attacks/write-table.ts -->';
const end = '<!-- end -->';

/** The page with the table of today between its marks. */
export async function withTable(text: string): Promise<string> {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page} has lost the marks around its table`);
  const whole = `${text.slice(0, from)}${begin}\n\n${table()}\n\n${text.slice(to)}`;
  return format(whole, { ...(await resolveConfig(page)), filepath: page });
}

function table(): string {
  const rows = attacks.map(({ name, cells }) => [name, ...columns.map(column => words(cells[column]))]);
  const lines = [['attack', ...columns], columns.map(() => '---').concat('---'), ...rows];
  return lines.map(row => `| ${row.join(' | ')} |`).join('\n');
}

function words(cell: Cell | NotTried): string {
  if ('because' in cell) return `not tried: ${cell.because}`;
  const processes = cell.processes && `processes ${cell.processes}`;
  const left = cell.survivors === 'none' ? '0 left' : 'may be left';
  return [left, cell.memory, processes, cell.end].filter(Boolean).join('; ');
}

// Run by hand after a change of the table; a test compares the two.
if (import.meta.main) writeFileSync(page, await withTable(readFileSync(page, 'utf8')));
