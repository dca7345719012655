import { type Child, el } from './dom.ts';

/** A table that is read from top to bottom; the first cell of a row says what the row is about. */
export function plainTable(
  label: string,
  heads: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLTableElement {
  return el(
    'table.plain',
    { 'aria-label': label },
    el('thead', el('tr', ...heads.map(head => (head === '' ? el('td') : el('th', { scope: 'col' }, head))))),
    el(
      'tbody',
      ...rows.map(([first, ...others]) =>
        el('tr', el('th', { scope: 'row' }, first), ...others.map(other => el('td', other))),
      ),
    ),
  );
}
