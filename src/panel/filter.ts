import { verdictLabel } from '../reports/wording.ts';
import type { VerdictKind } from '../protocol/verdict.ts';
import type { PanelRecord } from './messages.ts';

/** Leaking is beside the verdict: a leaking test is counted under both. */
export type Category = VerdictKind | 'leaked';

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
    (kinds.size === 0 || kinds.has(record.kind) || (record.leaked > 0 && kinds.has('leaked'))) &&
    words.every(
      word =>
        word.test(record.title) || word.test(record.suite) || word.test(record.file) || word.test(record.headline),
    );
}

export function categoryLabel(category: Category): string {
  return category === 'leaked' ? 'Left processes' : verdictLabel(category);
}

function literal(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
