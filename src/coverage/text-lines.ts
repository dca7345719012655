/** A line of a text by the places of its characters, without its line break. */
export interface TextLine {
  readonly start: number;
  readonly end: number;
  /** A comment in the text takes it out of the account. */
  readonly ignored: boolean;
}

const tools = '(?:node:coverage|c8|v8|istanbul)';
const ignoreNext = new RegExp(`(?:/\\*|//)\\s*${tools} ignore next(?:\\s+(?<count>\\d+))?\\b`);
const off = new RegExp(`(?:/\\*|//)\\s*${tools} (?:ignore start|disable)\\b`);
const on = new RegExp(`(?:/\\*|//)\\s*${tools} (?:ignore stop|enable)\\b`);

/** The lines of a text, and which of them the comments of Node's coverage, c8 and istanbul leave out. */
export function linesOf(text: string): readonly TextLine[] {
  let start = 0;
  let next = 0;
  let disabled = false;
  return text.split(/(?<=\n)/).map(written => {
    const line = written.replace(/\r?\n$/, '');
    const ignored = disabled || next > 0;
    if (next > 0) next--;
    else if (!disabled) next = countIn(line);
    if (off.test(line)) disabled = true;
    else if (on.test(line)) [disabled, next] = [false, 0];
    const own = { start, end: start + line.length, ignored };
    start += written.length;
    return own;
  });
}

function countIn(line: string): number {
  const match = ignoreNext.exec(line);
  return match ? Number(match.groups?.['count'] ?? 1) : 0;
}

/** The line that a character is in, from 0 on. */
export function lineAt(lines: readonly { readonly start: number }[], offset: number): number {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
