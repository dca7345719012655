import { formatBytes, formatDuration } from '../config/quantities.ts';
import { plural } from '../reports/excerpt.ts';
import { mechanismLabel, verdictLabel } from '../reports/wording.ts';
import { el } from './dom.ts';
import { type Category, categoryLabel } from './filter.ts';
import { icon } from './icons.ts';
import type { PanelRecord } from './messages.ts';
import type { Column } from './order.ts';
import { count } from './run.ts';

/** One row; its button is the way in for the keyboard, the whole row for the pointer. */
export function rowOf(record: PanelRecord, folders: boolean): HTMLTableRowElement {
  const { shared } = record;
  const file = folders ? `${record.folder}/${record.file}` : record.file;
  return el(
    'tr',
    { 'data-key': record.key },
    el(
      'th.col-test',
      { scope: 'row' },
      el(
        'button.title',
        { type: 'button', tabindex: -1, 'aria-controls': 'details', title: record.title },
        record.title,
      ),
      el(
        'div.under',
        record.suite !== '' && el('span.suite', { title: record.suite }, record.suite),
        el('span.file', { title: file }, file),
      ),
    ),
    verdictCell(record),
    cell('duration', number(record.durationMs, formatDuration, false)),
    memoryCell(record),
    cell('cpu', number(record.cpuMs, formatDuration, shared)),
    cell('processes', number(record.maxProcesses, count, shared)),
    cell('storage', number(record.storageBytes, formatBytes, shared)),
    cell('attempts', count(record.attempts)),
    cell('cage', mechanismLabel(record.cage)),
  );
}

function verdictCell({ kind, headline, leaked, attempts, changes: [change] = [] }: PanelRecord): HTMLElement {
  const verdict = el('span.verdict', { 'data-kind': kind, title: headline }, icon(kind), verdictLabel(kind));
  if (leaked > 0) return cell('verdict', verdict, beside('leaked', `left ${plural(leaked, 'process', 'processes')}`));
  if (attempts > 1) return cell('verdict', verdict, beside('flaky', `tried ${attempts} times`));
  return change
    ? cell('verdict', verdict, beside(change, categoryLabel(change).toLowerCase()))
    : cell('verdict', verdict);
}

/** There is room for the one that is worse. */
function beside(what: Category, text: string): HTMLElement {
  return el('div.under.leak', { 'data-kind': what }, icon(what), text);
}

function memoryCell({ peakMemoryBytes: peak, memoryCapBytes: cap, shared }: PanelRecord): HTMLElement {
  if (peak === null || cap === null || cap === 0) return cell('memory', number(peak, formatBytes, shared));
  const share = Math.min(1, peak / cap);
  const fill = el(share >= 0.9 ? 'span.fill.near' : 'span.fill');
  fill.style.width = `${(share * 100).toFixed(1)}%`;
  return cell(
    'memory',
    number(peak, formatBytes, shared),
    el('span.of', ` / ${formatBytes(cap)}`),
    el('div.gauge', fill),
  );
}

/** A number of a cage that several tests shared is only a bound for each of them. */
function number(value: number | null, format: (value: number) => string, shared: boolean): Node {
  if (value === null)
    return el('span.none', el('span', { 'aria-hidden': 'true' }, '–'), el('span.unseen', 'not measured'));
  if (!shared) return document.createTextNode(format(value));
  return el(
    'span',
    { title: 'Measured for several tests together, in the cage that they shared' },
    el('span', { 'aria-hidden': 'true' }, '≤ '),
    el('span.unseen', 'at most '),
    format(value),
  );
}

function cell(column: Column, ...children: readonly (Node | string)[]): HTMLTableCellElement {
  return el(`td.col-${column}`, ...children);
}
