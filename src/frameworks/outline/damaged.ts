import type { SyntaxNode, Tree } from '@lezer/common';
import { type Call, callOf } from './call.ts';
import type { Definers } from './definers.ts';
import type { ReadTest } from './reading.ts';

interface Line {
  readonly from: number;
  readonly indent: number;
  /** Of what stands in it; null: not known without running it. */
  path: readonly string[] | null;
}

const callLine = /^(?:await\s+)?([\p{ID_Start}$_][\p{ID_Continue}$.]*)\s*\(/u;
/** Lines whose block runs where it is written, as far as anybody can tell. */
const transparent = /^(?:if\b|else\b|\} else\b|try\b|\}? ?finally\b|\{|\(function|\(\(\) =>|\(async)/;

/**
 * Tests of a text in which brackets cannot be believed, because one is just being typed: what follows looks as if it stood inside
 * of it. People indent, so a line belongs to the nearest line above that is indented less.
 */
export function readLines(text: string, parse: (part: string) => Tree, definers: Definers): ReadTest[] {
  const tests: ReadTest[] = [];
  const above: Line[] = [];
  const lines = linesOf(text);
  const starts = lines.filter(({ from }) =>
    definers.has(callLine.exec(text.slice(from, from + 200))?.[1]?.split('.')[0]),
  );
  const ends = new Map(starts.map(({ from }, index) => [from, starts[index + 1]?.from ?? text.length]));
  for (const line of lines) {
    while (above.length > 0 && above.at(-1)!.indent >= line.indent) above.pop();
    const around = above.length > 0 ? above.at(-1)!.path : [];
    above.push(line);
    const end = ends.get(line.from);
    if (around === null || (end === undefined && !transparent.test(text.slice(line.from, line.from + 20)))) continue;
    if (end === undefined) line.path = around;
    else {
      const part = text.slice(line.from, end);
      const call = firstCall(parse(part).topNode, part, definers);
      if (!call || call.title === null || call.repeated) continue;
      const path = [...around, call.title];
      if (call.role === 'suite') line.path = path;
      else tests.push({ path, offset: line.from + call.offset });
    }
  }
  return tests;
}

function linesOf(text: string): Line[] {
  return [...text.matchAll(/^([ \t]*)\S/gm)].map(({ index, 1: space }) => {
    return { from: index + space!.length, indent: space!.length, path: null };
  });
}

function firstCall(top: SyntaxNode, text: string, definers: Definers): Call | null {
  for (let node: SyntaxNode | null = top; node?.from === top.from; node = node.firstChild) {
    const call = node.name === 'CallExpression' ? callOf(node, text, definers) : null;
    if (call) return call;
    if (node.name === 'AwaitExpression') {
      const awaited = node.lastChild;
      return awaited?.name === 'CallExpression' ? callOf(awaited, text, definers) : null;
    }
  }
  return null;
}
