import type { SyntaxNode } from '@lezer/common';

/** A string that is put together of more pieces is no title. */
const mostPieces = 100;

/** The value of a string, a template without expressions, or a sum of such; null where only running the code would tell. */
export function literalOf(node: SyntaxNode, text: string, pieces = mostPieces): string | null {
  const source = () => text.slice(node.from + 1, node.to - 1);
  switch (node.name) {
    case 'String':
      return isClosed(node, text) ? unescaped(source()) : null;
    case 'TemplateString':
      if (node.getChild('Interpolation') || !isClosed(node, text)) return null;
      return unescaped(source().replaceAll('\r\n', '\n'));
    case 'ParenthesizedExpression':
      return node.firstChild?.nextSibling ? literalOf(node.firstChild.nextSibling, text, pieces - 1) : null;
    case 'BinaryExpression': {
      const [left, right] = [node.firstChild, node.lastChild];
      if (pieces <= 0 || !left || !right || !node.getChild('ArithOp')) return null;
      if (text.slice(left.to, right.from).trim() !== '+') return null;
      const [head, tail] = [literalOf(left, text, pieces - 1), literalOf(right, text, pieces - 1)];
      return head === null || tail === null ? null : head + tail;
    }
    default:
      return null;
  }
}

/** A string that is being typed ends with its line. */
function isClosed({ from, to }: SyntaxNode, text: string): boolean {
  return to - from > 1 && text[from] === text[to - 1];
}

const escape = /\\(?:u\{([\da-f]{1,6})\}|u([\da-f]{4})|x([\da-f]{2})|(\r\n|[^]))/gi;
const single: Readonly<Record<string, string>> = {
  ...{ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' },
  ...{ '\n': '', '\r\n': '', '\u2028': '', '\u2029': '' },
};

function unescaped(source: string): string {
  if (!source.includes('\\')) return source;
  return source.replace(escape, (_, point?: string, unit?: string, byte?: string, char?: string) => {
    const hex = point ?? unit ?? byte;
    if (hex === undefined) return single[char!] ?? char!;
    const value = Number.parseInt(hex, 16);
    return value <= 0x10ffff ? String.fromCodePoint(value) : '';
  });
}
