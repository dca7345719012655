import type { GoneTests } from '../protocol/history.ts';
import { plural } from '../reports/excerpt.ts';
import { el, muted } from './dom.ts';

/** What the run before had and this one has not: it has no row, and must not go unnoticed. */
export function goneOf({ total, tests }: GoneTests): HTMLElement[] {
  if (total === 0) return [];
  const more = total - tests.length;
  const summary = el('summary', `${plural(total, 'test')} of the run before ${total === 1 ? 'is' : 'are'} gone`);
  const list = el('ul', ...tests.map(({ title, file }) => el('li', title, ' ', el('span.muted', file))));
  return [el('details', summary, list, more > 0 && muted(`and ${plural(more, 'more test')}`))];
}
