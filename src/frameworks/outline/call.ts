import type { SyntaxNode } from '@lezer/common';
import type { Definers } from './definers.ts';
import { literalOf } from './literal.ts';
import type { Role } from './vocabulary.ts';

/** A call that defines a suite or a test. */
export interface Call {
  readonly role: Exclude<Role, 'module'>;
  /** Null: not to be read without running the code. */
  readonly title: string | null;
  readonly repeated: boolean;
  /** Where V8 says that the call is: at its last word. */
  readonly offset: number;
  readonly given: SyntaxNode;
  readonly body: SyntaxNode | null;
}

export function callOf(node: SyntaxNode, text: string, definers: Definers): Call | null {
  const callee = node.firstChild;
  const given = node.getChild('ArgList');
  const definer = given && definers.of(callee, text);
  if (!callee || !definer || definer.waits || definer.role === 'module') return null;
  const first = given.firstChild?.nextSibling;
  return {
    role: definer.role,
    repeated: definer.repeated,
    title: first ? literalOf(first, text) : null,
    offset: (callee.name === 'MemberExpression' ? callee.lastChild! : callee).from,
    given,
    body: functionIn(given)?.lastChild ?? null,
  };
}

export function functionIn(node: SyntaxNode): SyntaxNode | null {
  return node.getChild('ArrowFunction') ?? node.getChild('FunctionExpression');
}
