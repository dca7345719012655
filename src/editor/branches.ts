import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { debuggable } from './debugging.ts';
import type { Branch } from './layout.ts';
import type { Scope } from './selection.ts';

/** More new items in one turn of the event loop than this, and both the extension host and the window stand still for a while. */
const perTurn = 500;

/** Keeps the items of the Test Explorer as the branches say, and touches only what differs: what is kept keeps its children. */
export class Branches {
  readonly #controller: vscode.TestController;
  readonly #scopes = new WeakMap<vscode.TestItem, Scope>();
  readonly #grown: (item: vscode.TestItem, scope: Scope) => void;
  readonly #fell: (item: vscode.TestItem, scope: Scope) => void;
  #madeInTurn = 0;

  constructor(
    controller: vscode.TestController,
    grown: (item: vscode.TestItem, scope: Scope) => void,
    fell: (item: vscode.TestItem, scope: Scope) => void,
  ) {
    this.#controller = controller;
    this.#grown = grown;
    this.#fell = fell;
  }

  scope(item: vscode.TestItem): Scope {
    return this.#scopes.get(item) ?? { kind: 'group' };
  }

  async apply(collection: vscode.TestItemCollection, wanted: readonly Branch[]): Promise<void> {
    const branches = new Map(wanted.map(branch => [branch.id, branch]));
    const kept: vscode.TestItem[] = [];
    for (const [id, item] of collection) {
      const branch = branches.get(id);
      if (branch) {
        kept.push(this.#update(item, branch));
        tag(item, branch);
      } else this.#forget(item);
    }
    if (kept.length < collection.size) collection.replace(kept);
    for (const branch of branches.values()) {
      let item = collection.get(branch.id);
      if (!item) {
        if (this.#madeInTurn >= perTurn) await this.#turn();
        item = this.grow(collection, branch);
      }
      if (branch.children && (branch.children.length > 0 || item.children.size > 0)) {
        await this.apply(item.children, branch.children);
      }
    }
  }

  /** One new item, without its children. */
  grow(collection: vscode.TestItemCollection, branch: Branch): vscode.TestItem {
    const uri = branch.path === undefined ? undefined : vscode.Uri.file(branch.path);
    const item = this.#update(this.#controller.createTestItem(branch.id, branch.label, uri), branch);
    item.canResolveChildren = branch.children === undefined;
    if (branch.sortText !== undefined) item.sortText = branch.sortText;
    collection.add(item);
    tag(item, branch);
    this.#madeInTurn++;
    return item;
  }

  async #turn(): Promise<void> {
    await nextTurn();
    this.#madeInTurn = 0;
  }

  #update(item: vscode.TestItem, branch: Branch): vscode.TestItem {
    if (item.label !== branch.label) item.label = branch.label;
    if (branch.sortText !== undefined && item.sortText !== branch.sortText) item.sortText = branch.sortText;
    const range = rangeOf(branch);
    if (range && !item.range?.isEqual(range)) item.range = range;
    this.#scopes.set(item, branch.scope);
    this.#grown(item, branch.scope);
    return item;
  }

  #forget(item: vscode.TestItem): void {
    this.#fell(item, this.scope(item));
    for (const [, child] of item.children) this.#forget(child);
  }
}

/** Before it has a place in the tree, an item has none above it. */
function tag(item: vscode.TestItem, { debugs }: Branch): void {
  const isTagged = (each: vscode.TestItem | undefined) => each?.tags.includes(debuggable) ?? false;
  const wanted = debugs ?? isTagged(item.parent);
  if (wanted === isTagged(item)) return;
  item.tags = wanted ? [...item.tags, debuggable] : item.tags.filter(tag => tag !== debuggable);
}

function rangeOf({ line, column = 1 }: Branch): vscode.Range | undefined {
  if (line === undefined || line < 1) return undefined;
  const start = new vscode.Position(line - 1, Math.max(0, column - 1));
  return new vscode.Range(start, start);
}

export function* itemsOf(collection: vscode.TestItemCollection): Iterable<vscode.TestItem> {
  for (const [, item] of collection) yield item;
}
