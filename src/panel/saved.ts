import type { TestKey } from '../protocol/tests.ts';
import { besides, type Category, type Filter, noFilter } from './filter.ts';
import { bySeverity, columns, defaultSort, type Sort } from './order.ts';

/** What of the panel outlives a reload of the window. */
export interface SavedView {
  /** The run that filter and selection belong to. */
  readonly run: string | null;
  readonly sort: Sort;
  readonly filter: Filter;
  readonly selected: TestKey | null;
  /** The timeline of the run is open. */
  readonly timeline: boolean;
}

export const freshView: SavedView = { run: null, sort: defaultSort, filter: noFilter, selected: null, timeline: false };

/** An older version of the panel may have saved something else: whatever does not fit is as if it were never saved. */
export function savedView(state: unknown): SavedView {
  const { run, sort, filter, selected, timeline } = fields(state);
  return {
    run: typeof run === 'string' ? run : null,
    sort: savedSort(fields(sort)),
    filter: savedFilter(fields(filter)),
    selected: typeof selected === 'string' ? selected : null,
    timeline: timeline === true,
  };
}

/** Another run keeps the order one likes; what was sought and chosen in the run before would hide its tests. */
export function viewFor(run: string, view: SavedView): SavedView {
  return view.run === run ? view : { ...freshView, run, sort: view.sort, timeline: view.timeline };
}

function savedSort({ column, direction }: Record<string, unknown>): Sort {
  const known = columns.find(each => each === column);
  if (known === undefined || (direction !== 'ascending' && direction !== 'descending')) return defaultSort;
  return { column: known, direction };
}

function savedFilter({ text, categories }: Record<string, unknown>): Filter {
  const known: readonly Category[] = [...bySeverity, ...besides];
  const chosen: readonly unknown[] = Array.isArray(categories) ? categories : [];
  return { text: typeof text === 'string' ? text : '', categories: known.filter(each => chosen.includes(each)) };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
