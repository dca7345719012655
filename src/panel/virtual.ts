/** Up to here every row is in the page, and the browser's own search finds it. */
export const allRowsUpTo = 500;

export interface Viewport {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

export type Strip = { readonly rows: readonly [from: number, to: number] } | { readonly gap: number };

/**
 * Which rows are in the page, top to bottom; a gap stands for rows that are not. The pinned row is always there: it has
 * the keyboard's focus, which a row that leaves the page would lose.
 */
export function strips(total: number, { top, height, rowHeight }: Viewport, pinned: number | null): Strip[] {
  if (total <= allRowsUpTo) return total === 0 ? [] : [{ rows: [0, total] }];
  const spare = 10;
  const first = clamp(Math.floor(top / rowHeight) - spare, 0, total);
  const last = clamp(Math.ceil((top + height) / rowHeight) + spare, first, total);
  const ranges: [number, number][] = [[first, last]];
  if (pinned !== null && pinned < first) ranges.unshift([pinned, pinned + 1]);
  if (pinned !== null && pinned >= last && pinned < total) ranges.push([pinned, pinned + 1]);
  const result: Strip[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) result.push({ gap: from - next });
    if (to > from) result.push({ rows: [from, to] });
    next = to;
  }
  if (total > next) result.push({ gap: total - next });
  return result;
}

/** The scroll position that shows the row, as near to the present one as can be. */
export function scrollTo(row: number, { top, height, rowHeight }: Viewport): number {
  const start = row * rowHeight;
  if (start < top) return start;
  return Math.max(top, start + rowHeight - height);
}

/** The row a key goes to; null: the key means nothing here. */
export function rowAfterKey(key: string, row: number, total: number, page: number): number | null {
  const steps = new Map([
    ['ArrowDown', 1],
    ['ArrowUp', -1],
    ['PageDown', page],
    ['PageUp', -page],
    ['Home', -row],
    ['End', total],
  ]);
  const step = steps.get(key);
  return step === undefined || total === 0 ? null : clamp(row + step, 0, total - 1);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
