import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { keyText } from './reading.ts';
import type { Path } from './shapes.ts';

/** What is wrong at a place of the text. */
export interface Fault {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly key?: string;
  readonly message: string;
  readonly fix: string;
}

/** JSON with comments and trailing commas, read as far as it goes. */
export interface Document {
  /** Undefined where there is no value at all. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** The line of the key at this path, or of the nearest thing around it. */
  lineOf(path: Path): number;
}

export function parseDocument(text: string): Document {
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const errors: ParseError[] = [];
  const faults: Fault[] = [];
  const offsets = new Map<string, number>();
  let value: unknown;
  try {
    const root = parseTree(text, errors, { allowTrailingComma: true });
    value = root && read(root, []);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.push({
      severity: 'error',
      line: 1,
      message: 'not readable: nested too deeply',
      fix: 'Remove the needless brackets.',
    });
  }
  // The first fault makes most of the others.
  const [first] = errors;
  if (first) {
    const message = `not valid JSON: ${wrong[printParseErrorCode(first.error)] ?? 'something unexpected'}`;
    faults.unshift({ severity: 'error', line: lineAt(first.offset), message, fix: 'Mend the JSON at this line.' });
  }
  const lineOf = (path: Path): number => {
    const offset = offsets.get(keyText(path));
    if (offset !== undefined) return lineAt(offset);
    return path.length === 0 ? 1 : lineOf(path.slice(0, -1));
  };
  return { value, faults, lineOf };

  function read(node: Node, path: Path): unknown {
    if (!offsets.has(keyText(path))) offsets.set(keyText(path), node.offset);
    if (node.type === 'array') return node.children?.map((child, index) => read(child, [...path, index]));
    return node.type === 'object' ? readObject(node, path) : node.value;
  }

  function readObject(node: Node, path: Path): Record<string, unknown> {
    const entries = (node.children ?? []).flatMap(property => {
      const [name, value] = property.children ?? [];
      if (!name || !value) return [];
      const at = [...path, name.value as string];
      const before = offsets.get(keyText(at));
      if (before !== undefined) {
        const key = keyText(at);
        const message = `${key}: written twice, first at line ${lineAt(before)}; the last one counts`;
        faults.push({ severity: 'warning', line: lineAt(name.offset), key, message, fix: 'Remove one of the two.' });
      }
      offsets.set(keyText(at), name.offset);
      return [[name.value as string, read(value, at)] as const];
    });
    // Not by assignment: a key named __proto__ must stay a key.
    return Object.fromEntries(entries);
  }
}

const wrong: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word that is neither true, false, null nor in quotes',
  InvalidNumberFormat: 'a number that is not well formed',
  PropertyNameExpected: 'a key in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing after the key',
  CommaExpected: 'a comma is missing before this',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'something follows the closing }',
  InvalidCommentToken: 'a comment that is not well formed',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a closing quote is missing',
  UnexpectedEndOfNumber: 'a number is not complete',
  InvalidUnicode: 'a \\u escape that is not well formed',
  InvalidEscapeCharacter: 'a backslash that escapes nothing (write \\\\ for a backslash)',
  InvalidCharacter: 'a character that may not stand in a string',
};
