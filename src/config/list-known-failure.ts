import { findNodeAtLocation, type Node, type ParseError, parseTree, stripComments } from 'jsonc-parser';
import type { KnownFailure } from './known-failures.ts';

export type NewEntry = Omit<Partial<KnownFailure>, 'line'> & Pick<KnownFailure, 'file' | 'reason'>;

/** The text of the list with one entry more, and everything else as it was; null: the text is no list to add to. */
export function withEntry(text: string, entry: NewEntry): string | null {
  if (text.trim() === '') return `${JSON.stringify({ tests: [entry] }, null, 2)}\n`;
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (!root || errors.length > 0 || root.type !== 'object') return null;
  const style = styleOf(text);
  const tests = findNodeAtLocation(root, ['tests']);
  if (!tests) {
    const list = JSON.stringify([entry], null, style.unit);
    return withItem(text, root, `"tests": ${list}`, style);
  }
  return tests.type === 'array' ? withItem(text, tests, JSON.stringify(entry, null, style.unit), style) : null;
}

interface Style {
  readonly unit: string;
  readonly newline: string;
}

function styleOf(text: string): Style {
  return { unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ', newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** At the end, behind the comments on what is there: an edit right after the last item would take its comment over. */
function withItem(text: string, list: Node, item: string, { unit, newline }: Style): string {
  const close = list.offset + list.length - 1;
  const last = list.children?.at(-1);
  const end = last ? last.offset + last.length : list.offset + 1;
  const after = text.slice(end, close);
  const comma = last && !stripComments(after).includes(',') ? ',' : '';
  const line = text.slice(text.lastIndexOf('\n', list.offset) + 1, list.offset);
  const indent = /^[ \t]*/.exec(line)![0];
  const written = item.split('\n').map(each => `${indent}${unit}${each}`);
  return [text.slice(0, end) + comma + after.trimEnd(), ...written, indent + text.slice(close)].join(newline);
}
