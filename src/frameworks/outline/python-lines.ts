/** A statement's text without comments and with its strings emptied, where it begins, and how deep. */
export interface PythonLine {
  readonly code: string;
  /** One-based. */
  readonly line: number;
  readonly indent: number;
}

const tabWidth = 8;
const quotes = ['"""', "'''", '"', "'"] as const;

/** Logical lines: brackets, a backslash and triple quotes go on over the end of a line. Ends well wherever the text does. */
export function* pythonLines(text: string): Generator<PythonLine> {
  let code = '';
  let begin = 1;
  let line = 1;
  let depth = 0;
  for (let at = 0; at <= text.length;) {
    const char = text[at];
    if (char === undefined || (char === '\n' && depth === 0)) {
      if (code.trim()) yield { code: code.trim(), line: begin, indent: indentOf(code) };
      code = '';
      begin = ++line;
      at++;
    } else if (char === '\n') {
      line++;
      at++;
      // A definition in the first column inside of brackets: they were never closed, as while somebody types.
      if (/^(?:class|def|async def|@)\s*\w/.test(text.slice(at, at + 12))) {
        yield { code: code.trim(), line: begin, indent: indentOf(code) };
        [code, begin, depth] = ['', line, 0];
      } else code += ' ';
    } else if (char === '\\' && /^\r?\n/.test(text.slice(at + 1, at + 3))) {
      at += text[at + 1] === '\r' ? 3 : 2;
      line++;
      code += ' ';
    } else if (char === '#') {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
    } else if (char === '"' || char === "'") {
      const end = endOfString(text, at);
      line += text.slice(at, end).split('\n').length - 1;
      at = end;
      code += '""';
    } else {
      if ('([{'.includes(char)) depth++;
      else if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
      if (char !== '\r') code += char;
      at++;
    }
  }
}

/** Where the string that begins here is over; one with single quotes ends with its line at the latest. */
function endOfString(text: string, start: number): number {
  const quote = quotes.find(each => text.startsWith(each, start))!;
  for (let at = start + quote.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (quote.length === 1 && text[at] === '\n') return at;
  }
  return text.length;
}

function indentOf(code: string): number {
  let indent = 0;
  for (const char of code) {
    if (char === ' ') indent++;
    else if (char === '\t') indent += tabWidth - (indent % tabWidth);
    else break;
  }
  return indent;
}
