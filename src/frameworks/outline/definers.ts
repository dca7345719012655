import type { SyntaxNode } from '@lezer/common';
import { literalOf } from './literal.ts';
import type { Role, Vocabulary } from './vocabulary.ts';

/** What an expression defines when it is called. */
export interface Definer {
  readonly role: Role;
  /** Once for each row of a table: how often, and by which titles, only running it tells. */
  readonly repeated: boolean;
  /** It must be called once before (`each(table)`, `skipIf(condition)`). */
  readonly waits: boolean;
}

const members: Readonly<Record<string, Role>> = {
  ...{ describe: 'suite', suite: 'suite', context: 'suite' },
  ...{ it: 'test', test: 'test', specify: 'test' },
};
const modifiers = new Set([
  ...['only', 'skip', 'todo', 'concurrent', 'sequential', 'shuffle', 'fails', 'failing', 'fixme', 'fail'],
  ...['serial', 'parallel', 'expectFailure'],
]);
const tables = new Set(['each', 'for']);
const conditions = new Set(['skipIf', 'runIf']);

/** The names of a file that define suites and tests. */
export class Definers {
  readonly #roles: Map<string, Role>;
  readonly #vocabulary: Vocabulary;
  readonly #text: string;

  constructor(top: SyntaxNode, text: string, vocabulary: Vocabulary) {
    this.#text = text;
    this.#vocabulary = vocabulary;
    this.#roles = new Map(Object.entries(vocabulary.globals));
    for (let node = top.firstChild; node; node = node.nextSibling) {
      const statement = node.name === 'ExportDeclaration' ? (node.getChild('VariableDeclaration') ?? node) : node;
      if (statement.name === 'ImportDeclaration') this.#import(statement);
      else if (statement.name === 'VariableDeclaration') this.#declare(statement);
      else if (statement.name === 'FunctionDeclaration') this.#shadow(statement);
    }
  }

  has(name: string | undefined): boolean {
    return name !== undefined && this.#roles.has(name);
  }

  /** What a call of this expression defines, which stands in a text of its own; null: nothing that can be told. */
  of(node: SyntaxNode | null, text: string): Definer | null {
    switch (node?.name) {
      case 'VariableName': {
        const role = this.#roles.get(text.slice(node.from, node.to));
        return role ? { role, repeated: false, waits: false } : null;
      }
      case 'MemberExpression':
        return this.#member(node, text);
      case 'CallExpression':
      case 'TaggedTemplateExpression': {
        const called = this.of(node.firstChild, text);
        return called?.waits ? { ...called, waits: false } : null;
      }
      case 'InstantiationExpression':
        return this.of(node.firstChild, text);
      case 'ParenthesizedExpression':
        return this.of(node.firstChild?.nextSibling ?? null, text);
      case 'ConditionalExpression': {
        const [one, other] = [node.getChildren('LogicOp')[0]?.nextSibling ?? null, node.lastChild].map(each =>
          this.of(each, text),
        );
        return one && one.role === other?.role ? one : null;
      }
      default:
        return null;
    }
  }

  #member(node: SyntaxNode, text: string): Definer | null {
    const object = this.of(node.firstChild, text);
    if (!object || object.waits || node.lastChild?.name !== 'PropertyName') return null;
    const name = text.slice(node.lastChild.from, node.lastChild.to);
    const role = members[name];
    if (role) return object.role === 'suite' ? null : { ...object, role };
    if (object.role === 'module') return null;
    if (modifiers.has(name)) return object;
    if (tables.has(name)) return { ...object, repeated: true, waits: true };
    return conditions.has(name) ? { ...object, waits: true } : null;
  }

  #import(node: SyntaxNode): void {
    const from = node.getChild('String');
    if (!from || !this.#isOurs(from)) return;
    const whole = node.getChild('VariableDefinition');
    if (whole) this.#roles.set(this.#source(whole), node.getChild('Star') ? 'module' : this.#vocabulary.whole);
    for (const name of node.getChild('ImportGroup')?.getChildren('VariableDefinition') ?? []) {
      const original = name.prevSibling?.name === 'as' ? name.prevSibling.prevSibling : name;
      if (original) this.#take(this.#source(name), this.#source(original));
    }
  }

  #take(local: string, original: string): void {
    const role = original === 'default' ? this.#vocabulary.whole : this.#vocabulary.exports[original];
    if (role) this.#roles.set(local, role);
  }

  /** `const { test } = require('node:test')`, `const admin = test.extend({ … })`, `const when = condition ? it : it.skip`. */
  #declare(node: SyntaxNode): void {
    for (const equals of node.getChildren('Equals')) {
      const [value, given] = [equals.nextSibling, equals.prevSibling];
      const name = given?.name === 'TypeAnnotation' ? given.prevSibling : given;
      if (!value || !name) continue;
      const role = this.#roleOf(value);
      if (name.name === 'VariableDefinition') {
        if (role) this.#roles.set(this.#source(name), role);
      } else if (name.name === 'ObjectPattern' && role) {
        for (const property of name.getChildren('PatternProperty')) {
          const local = property.getChild('VariableDefinition');
          if (local) this.#take(this.#source(local), this.#source(property.getChild('PropertyName') ?? local));
        }
      }
    }
  }

  #roleOf(value: SyntaxNode): Role | null {
    const own = this.of(value, this.#text);
    if (own && !own.waits && !own.repeated) return own.role;
    const callee = value.firstChild;
    if (value.name === 'MemberExpression' && callee && value.lastChild) {
      return this.#roleOf(callee) === null ? null : (this.#vocabulary.exports[this.#source(value.lastChild)] ?? null);
    }
    if (value.name !== 'CallExpression' || !callee) return null;
    if (this.#source(callee) === 'require') {
      const module = value.getChild('ArgList')?.getChild('String');
      return module && this.#isOurs(module) ? this.#vocabulary.whole : null;
    }
    const member = callee.name === 'InstantiationExpression' ? callee.firstChild : callee;
    const extended = member?.lastChild && this.#source(member.lastChild) === 'extend';
    return extended ? (this.of(member.firstChild, this.#text)?.role ?? null) : null;
  }

  /** A function of the user's own that has the name of a global one. */
  #shadow(node: SyntaxNode): void {
    const name = node.getChild('VariableDefinition');
    if (name) this.#roles.delete(this.#source(name));
  }

  #isOurs(module: SyntaxNode): boolean {
    return this.#vocabulary.modules.includes(literalOf(module, this.#text) ?? '');
  }

  #source({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to);
  }
}
