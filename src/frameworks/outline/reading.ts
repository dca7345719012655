import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/javascript';
import { type Call, callOf, functionIn } from './call.ts';
import { readLines } from './damaged.ts';
import { Definers } from './definers.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface ReadTest {
  readonly path: readonly string[];
  /** Of the first character of the word that defines it. */
  readonly offset: number;
}

export type Dialect = 'js' | 'jsx' | 'ts' | 'tsx';

const parsers = {
  js: parser.configure({ dialect: 'jsx' }),
  jsx: parser.configure({ dialect: 'jsx' }),
  ts: parser.configure({ dialect: 'ts' }),
  tsx: parser.configure({ dialect: 'ts jsx' }),
};

/** Nobody writes what takes longer to read; what is left of such a text is then not read, for runs wait meanwhile. */
const patienceMs = 2000;

/** What runs later, more than once, or never. */
const elsewhere =
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunction|Class(?:Declaration|Expression)|MethodDeclaration|ForStatement|WhileStatement|DoStatement)$/;
/** Deeper than anybody nests suites; generated code may nest its expressions deeper than this program's stack. */
const deepest = 600;

/** Reads suites and tests from a text that need not be finished, in the order in which they are written. */
export function readTests(text: string, dialect: Dialect, vocabulary: Vocabulary): ReadTest[] {
  const deadline = performance.now() + patienceMs;
  const parse = (part: string) => parseBy(deadline, parsers[dialect], part);
  const tree = parse(text);
  const definers = new Definers(tree.topNode, text, vocabulary);
  return hasErrors(tree) ? readLines(text, parse, definers) : new Reading(text, tree, definers, vocabulary).tests;
}

function parseBy(deadline: number, language: typeof parser, text: string): Tree {
  const parsing = language.startParse(text);
  for (;;) {
    const tree = parsing.advance();
    if (tree) return tree;
    if (parsing.stoppedAt === null && performance.now() > deadline) parsing.stopAt(parsing.parsedPos);
  }
}

class Reading {
  readonly tests: ReadTest[] = [];
  readonly #text: string;
  readonly #definers: Definers;
  readonly #untitledSuites: boolean;

  constructor(text: string, tree: Tree, definers: Definers, { untitledSuites }: Vocabulary) {
    this.#text = text;
    this.#definers = definers;
    this.#untitledSuites = untitledSuites;
    this.#visit(tree.topNode, [], 0);
  }

  #visit(node: SyntaxNode, path: readonly string[], depth: number): void {
    if (depth > deepest) return;
    if (node.name === 'CallExpression') {
      const call = callOf(node, this.#text, this.#definers);
      if (call) this.#visitCall(call, path, depth);
      else this.#visitOther(node.firstChild!, path, depth);
    } else if (!elsewhere.test(node.name)) this.#visitChildren(node, path, depth);
  }

  #visitChildren(node: SyntaxNode, path: readonly string[], depth: number): void {
    for (let child = node.firstChild; child; child = child.nextSibling) this.#visit(child, path, depth + 1);
  }

  #visitCall({ role, title, repeated, offset, body, given }: Call, path: readonly string[], depth: number): void {
    if (repeated) return;
    if (role === 'test') {
      if (title !== null) this.tests.push({ path: [...path, title], offset });
    } else if (body) {
      const untitled = this.#untitledSuites && functionIn(given)?.from === given.firstChild?.nextSibling?.from;
      if (title === null && !untitled) return;
      const inside = title === null ? path : [...path, title];
      if (body.name === 'Block') this.#visitChildren(body, inside, depth + 1);
      else this.#visit(body, inside, depth + 1);
    }
  }

  /** `it('…').timeout(100)`, and functions that are called where they are written. */
  #visitOther(callee: SyntaxNode, path: readonly string[], depth: number): void {
    if (callee.name === 'MemberExpression') this.#visitChildren(callee, path, depth + 1);
    const body = callee.name === 'ParenthesizedExpression' ? functionIn(callee)?.getChild('Block') : null;
    if (body) this.#visitChildren(body, path, depth + 1);
  }
}

function hasErrors(tree: Tree): boolean {
  const cursor = tree.cursor();
  do if (cursor.type.isError) return true;
  while (cursor.next());
  return false;
}
