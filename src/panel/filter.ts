import { verdictLabel } from '../reports/wording.ts';
import { changes } from '../protocol/history.ts';
import { isFailure, type VerdictKind } from '../protocol/verdict.ts';
import type { PanelRecord } from './messages.ts';

/** What is beside the verdict: a leaking test is counted under both. */
export const besides = ['flaky', 'leaked', ...changes] as const;
export type Category = VerdictKind | (typeof besides)[number];

export function categoriesOf({ kind, leaked, attempts, changes = [] }: PanelRecord): Category[] {
  const categories: Category[] = [kind, ...changes];
  if (attempts > 1 && !isFailure(kind)) categories.push('flaky');
  if (leaked > 0) categories.push('leaked');
  return categories;
}

export interface Filter {
  readonly text: string;
  /** Any of them; none chosen means all. */
  readonly categories: readonly Category[];
}

export const noFilter: Filter = { text: '', categories: [] };

export function filters({ text, categories }: Filter): boolean {
  return text.trim() !== '' || categories.length > 0;
}

/** Each word must be found somewhere, upper or lower case. */
export function matcher({ text, categories }: Filter): (record: PanelRecord) => boolean {
  // Matching in place: lower-casing 200,000 records at each key press would make as many strings.
  const words = text
    .split(/\s+/)
    .filter(Boolean)
    .map(word => new RegExp(literal(word), 'i'));
  const kinds = new Set<Category>(categories);
  return record =>
    (kinds.size === 0 || categoriesOf(record).some(each => kinds.has(each))) &&
    words.every(
      word =>
        word.test(record.title) || word.test(record.suite) || word.test(record.file) || word.test(record.headline),
    );
}

const besideLabels: Readonly<Record<string, string>> = {
  flaky: 'Flaky',
  leaked: 'Left processes',
  'newly-failed': 'Newly failed',
  fixed: 'Fixed',
  new: 'New',
  slower: 'Slower',
  'more-memory': 'More memory',
} satisfies Record<(typeof besides)[number], string>;

export function categoryLabel(category: Category): string {
  return besideLabels[category] ?? verdictLabel(category as VerdictKind);
}

function literal(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
