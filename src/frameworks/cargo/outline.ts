/** A place in a file of Rust, by the modules around it in this file and its own name. */
export interface RustItem {
  readonly path: readonly string[];
  /** One-based. */
  readonly line: number;
}

/** `mod name;`: a module that is another file. */
export interface RustModule extends RustItem {
  /** Of the attribute `path`. */
  readonly at?: string;
}

export interface RustOutline {
  /** With an attribute that ends in `test`: `#[test]`, `#[tokio::test]`. */
  readonly tests: readonly RustItem[];
  /** Everything that a macro may have made tests of. */
  readonly functions: readonly RustItem[];
  readonly modules: readonly RustModule[];
  /** Where the file speaks of tests at all, be it in a macro. */
  readonly mentionsTests: boolean;
}

interface Block {
  readonly kind: 'module' | 'function' | 'other';
  readonly name: string;
}

const token = /#!?\[|[{};]|\b(mod|fn)\s+((?:r#)?[\p{L}_][\p{L}\p{N}_]*)/gu;

/** What the text says by itself: the compiler may leave out some of it and macros may add more. */
export function rustOutline(text: string): RustOutline {
  const code = withoutLiterals(text);
  const lineAt = lineCounter(code);
  const tests: RustItem[] = [];
  const functions: RustItem[] = [];
  const modules: RustModule[] = [];
  const blocks: Block[] = [];
  let attributes: string[] = [];
  let next: Block = { kind: 'other', name: '' };
  token.lastIndex = 0;
  for (let match = token.exec(code); match; match = token.exec(code)) {
    const [word, keyword, name = ''] = match;
    const path = [...blocks.filter(({ kind }) => kind === 'module').map(block => block.name), name];
    if (word.endsWith('[')) {
      const end = closing(code, match.index + word.length);
      if (word === '#[') attributes.push(text.slice(match.index + 2, end));
      token.lastIndex = end + 1;
    } else if (keyword === 'fn') {
      // What is defined in a function cannot be named, and so not be tested.
      if (!blocks.some(({ kind }) => kind === 'function')) {
        const item = { path, line: lineAt(match.index) };
        functions.push(item);
        if (attributes.some(isTest)) tests.push(item);
      }
      attributes = [];
      next = { kind: 'function', name };
      token.lastIndex = signatureEnd(code, token.lastIndex);
    } else if (keyword === 'mod') {
      next = { kind: 'module', name };
      if (/^\s*;/.test(code.slice(token.lastIndex))) {
        const at = attributes.map(each => /^\s*path\s*=\s*"([^"]+)"/.exec(each)?.[1]).find(each => each !== undefined);
        modules.push({ path, line: lineAt(match.index), ...(at === undefined ? {} : { at }) });
      }
      attributes = [];
    } else {
      if (word === '{') blocks.push(next);
      else if (word === '}') blocks.pop();
      next = { kind: 'other', name: '' };
      attributes = [];
    }
  }
  return { tests, functions, modules, mentionsTests: /test|check!/i.test(code) };
}

function isTest(attribute: string): boolean {
  const [path = ''] = /^\s*(?:::)?[\w\s:]+/.exec(attribute) ?? [];
  return /(?:^|::)\s*test\s*$/.test(path);
}

/** Where the body begins, or what has none ends: types of parameters may have a `;` in them. */
function signatureEnd(code: string, start: number): number {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const sign = code[at]!;
    if (sign === '(' || sign === '[') depth++;
    else if (sign === ')' || sign === ']') depth--;
    else if (sign === '{' || sign === '}' || (sign === ';' && depth <= 0)) return at;
  }
  return code.length;
}

/** The bracket that ends what begins here. */
function closing(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length; at++) {
    if (code[at] === '[') depth++;
    else if (code[at] === ']' && --depth === 0) return at;
  }
  return code.length;
}

const literal =
  /\/\/[^\n]*|\/\*|\bb?r(#*)"|"(?:\\[\s\S]|[^"\\])*"?|'(?:\\(?:u\{[^}\n]*\}|x[\da-fA-F]{2}|.)|[^'\\\n])'/gu;

/** Comments and strings as blanks, so that every place stays where it is. */
function withoutLiterals(text: string): string {
  let code = '';
  let from = 0;
  literal.lastIndex = 0;
  for (let match = literal.exec(text); match; match = literal.exec(text)) {
    const end =
      match[0] === '/*'
        ? commentEnd(text, match.index)
        : match[1] === undefined
          ? literal.lastIndex
          : rawEnd(text, match);
    code += text.slice(from, match.index) + text.slice(match.index, end).replace(/[^\n]/g, ' ');
    from = end;
    literal.lastIndex = end;
  }
  return code + text.slice(from);
}

function rawEnd(text: string, { index, 0: start, 1: hashes = '' }: RegExpExecArray): number {
  const end = text.indexOf(`"${hashes}`, index + start.length);
  return end < 0 ? text.length : end + 1 + hashes.length;
}

/** Comments of Rust may stand in one another. */
function commentEnd(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

/** For places that are asked for from the first to the last. */
function lineCounter(code: string): (index: number) => number {
  let line = 1;
  let at = 0;
  return index => {
    for (; at < index; at++) if (code[at] === '\n') line++;
    return line;
  };
}
