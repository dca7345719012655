import { type Child, el, svg } from './dom.ts';
import { plainTable } from './plain-table.ts';

export interface Chart {
  readonly heading: string;
  /** The whole of it in a sentence, for whoever does not see it. */
  readonly label: string;
  readonly values: readonly number[];
  /** What was set aside for that; absent: nothing was. */
  readonly reserved?: readonly number[];
  /** What must not be exceeded; null: nothing. */
  readonly limit: number | null;
  /** What is to be said beside the heading. */
  readonly caption: string;
  /** Where the time was up, in steps; null: it was not. */
  readonly until: number | null;
}

const height = 100;

/** A curve in steps, with its limit as a line where the two can be seen together. */
export function chartOf({ heading, label, values, reserved = [], limit, caption, until }: Chart): HTMLElement {
  const top = topOf([...values, ...reserved], limit);
  const y = (value: number) => round(height - (value / top) * height);
  const line = limit !== null && limit <= top && rule(`M0 ${y(limit)}H${values.length}`);
  return figureOf(
    heading,
    caption,
    pictureOf(
      label,
      [values.length, height],
      svg('path.curve', { d: stepsPath(values, y) }),
      reserved.length > 0 && svg('path.reserved', { d: stepsPath(reserved, y) }),
      line,
      until !== null && until <= values.length && rule(`M${round(until)} 0V${height}`),
    ),
  );
}

export function figureOf(heading: string, caption: string, picture: SVGElement): HTMLElement {
  return el('figure.chart', el('figcaption', el('span', heading), ' ', el('span.muted', caption)), picture);
}

/** Stretched to the room that it gets; the label says all of it in a sentence. */
export function pictureOf(
  label: string,
  [width, height]: readonly [number, number],
  ...children: readonly Child[]
): SVGSVGElement {
  const viewBox = `0 0 ${width} ${height}`;
  return svg('svg', { role: 'img', 'aria-label': label, viewBox, preserveAspectRatio: 'none' }, ...children);
}

/** Above the limit, unless that is so far away that nothing of the curve would be seen. */
export function topOf(values: readonly number[], limit: number | null): number {
  const most = Math.max(1, ...values);
  return limit !== null && limit <= 4 * most ? Math.max(limit, most) * 1.1 : most * 1.1;
}

export function stepsPath(values: readonly number[], y: (value: number) => number): string {
  return `M0 ${height}${values.map((value, i) => `V${y(value)}H${i + 1}`).join('')}V${height}z`;
}

export function axisOf(end: string): HTMLElement {
  return el('div.axis', { 'aria-hidden': 'true' }, el('span', '0'), el('span', end));
}

/** The same numbers as a table: for a screen reader, and for whoever wants to know exactly. */
export function tableOf(caption: string, heads: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  return el('details.numbers', el('summary', 'As a table'), plainTable(caption, heads, rows));
}

function rule(d: string): SVGPathElement {
  return svg('path.limit', { d });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
