export const ansiColors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type AnsiColor = (typeof ansiColors)[number] | `bright-${(typeof ansiColors)[number]}`;

export interface Style {
  readonly color?: AnsiColor;
  readonly background?: AnsiColor;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

export interface Span {
  readonly text: string;
  readonly style: Style;
}

// CSI with its final letter, OSC to its end, character sets, any other two-character escape, and the controls that a page cannot show.
const control =
  // eslint-disable-next-line no-control-regex
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]+[0-~]|\x1b[@-_]?|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Terminal output as runs of text in the theme's own terminal colours; whatever moves a cursor is left out. */
export function parseAnsi(output: string): Span[] {
  const spans: Span[] = [];
  let style: Style = {};
  let from = 0;
  const text = asLines(output);
  const push = (end: number) => {
    if (end <= from) return;
    const last = spans.at(-1);
    const part = text.slice(from, end);
    if (last?.style === style) spans[spans.length - 1] = { text: last.text + part, style };
    else spans.push({ text: part, style });
  };
  for (const match of text.matchAll(control)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = restyled(style, match[1] ?? '');
  }
  push(text.length);
  return spans;
}

export function withoutAnsi(output: string): string {
  return asLines(output).replace(control, '');
}

/** A lone carriage return starts the line again, as progress bars do: what it overwrites would not be seen in a terminal. */
function asLines(output: string): string {
  return output.replace(/\r+\n/g, '\n').replace(/[^\n]*\r(?=[^\n])/g, '');
}

function restyled(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let next: Style = style;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 38 || code === 48) {
      const [color, used] = extended(codes.slice(i + 1));
      next = {
        ...without(next, code === 38 ? 'color' : 'background'),
        ...(color && { [code === 38 ? 'color' : 'background']: color }),
      };
      i += used;
    } else next = plain(next, code);
  }
  return next;
}

const marks: Readonly<Record<number, keyof Style>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse' };
const ends: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  39: ['color'],
  49: ['background'],
};

function plain(style: Style, code: number): Style {
  if (code === 0) return {};
  const [mark, ended, color] = [marks[code], ends[code], named(code % 10)];
  if (mark) return { ...style, [mark]: true };
  if (ended) return ended.reduce(without, style);
  const tens = Math.floor(code / 10);
  if (color === undefined || ![3, 4, 9, 10].includes(tens)) return style;
  return { ...style, [tens % 6 === 3 ? 'color' : 'background']: tens > 8 ? `bright-${color}` : color };
}

/** `5;n` or `2;r;g;b`: brought to the nearest colour that the theme made readable. Also how many codes it took. */
function extended(codes: readonly number[]): [AnsiColor | undefined, number] {
  const [mode, n = 0, g = 0, b = 0] = codes;
  if (mode === 2) return [nearest(n, g, b), 4];
  if (mode !== 5) return [undefined, 0];
  if (n < 8) return [named(n), 2];
  if (n < 16) return [`bright-${named(n - 8)!}`, 2];
  if (n >= 232) return [undefined, 2];
  const cube = n - 16;
  return [nearest(Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6), 2];
}

/** Greys keep the text's own colour. */
function nearest(r: number, g: number, b: number): AnsiColor | undefined {
  const most = Math.max(r, g, b);
  if (most - Math.min(r, g, b) < most / 4 || most === 0) return undefined;
  const on = (part: number, bit: number) => (part > most * 0.6 ? bit : 0);
  return named(on(r, 1) | on(g, 2) | on(b, 4));
}

function named(code: number): (typeof ansiColors)[number] | undefined {
  return ansiColors[code];
}

function without(style: Style, key: keyof Style): Style {
  return Object.fromEntries(Object.entries(style).filter(([name]) => name !== key));
}
