export interface Piece {
  readonly text: string;
  readonly differs: boolean;
}

/** Both texts in pieces that are the same and pieces that differ. Texts of as many lines are compared line by line. */
export function difference(expected: string, actual: string): { readonly expected: Piece[]; readonly actual: Piece[] } {
  const left = expected.split('\n');
  const right = actual.split('\n');
  const pairs: [string, string][] =
    left.length === right.length ? left.map((line, i) => [line, right[i]!]) : [[expected, actual]];
  const sides = pairs.map(([a, b], i) => inLine(i === 0 ? a : `\n${a}`, i === 0 ? b : `\n${b}`));
  return { expected: joined(sides.map(side => side.expected)), actual: joined(sides.map(side => side.actual)) };
}

/** Whole words in common at the start and at the end stay; what is between differs. */
function inLine(a: string, b: string): { expected: Piece[]; actual: Piece[] } {
  if (a === b) return { expected: [{ text: a, differs: false }], actual: [{ text: b, differs: false }] };
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  // 19 and 18.99 differ as numbers, not in three of their digits; and half of a character is none.
  while (start > 0 && ofWord(a[start - 1]) && (ofWord(a[start]) || ofWord(b[start]))) start--;
  while (end > 0 && ofWord(a.at(-end)) && (ofWord(a.at(-end - 1)) || ofWord(b.at(-end - 1)))) end--;
  const pieces = (text: string): Piece[] => [
    { text: text.slice(0, start), differs: false },
    { text: text.slice(start, text.length - end), differs: true },
    { text: text.slice(text.length - end), differs: false },
  ];
  return { expected: pieces(a), actual: pieces(b) };
}

function joined(lines: readonly Piece[][]): Piece[] {
  const result: Piece[] = [];
  for (const { text, differs } of lines.flat()) {
    const last = result.at(-1);
    if (text === '') continue;
    if (last?.differs === differs) result[result.length - 1] = { text: last.text + text, differs };
    else result.push({ text, differs });
  }
  return result;
}

/** Half a surrogate pair counts too: it must not be parted from its other half. */
function ofWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_.\ud800-\udfff]/u.test(character);
}
