import * as vscode from 'vscode';
import type { TestKey } from '../protocol/tests.ts';
import type { Scope } from './selection.ts';
import type { TestTree } from './tree.ts';

/** What the menus hand to a command: items of the Test Explorer, or a message with its test; the palette hands over nothing. */
export async function chosenItems(tree: TestTree, args: readonly unknown[]): Promise<vscode.TestItem[]> {
  const items = args
    .flat()
    .map(itemOf)
    .filter(item => item !== undefined);
  if (items.length > 0) return [...new Set(items)];
  const atCursor = await itemAtCursor(tree);
  return atCursor ? [atCursor] : [];
}

function itemOf(arg: unknown): vscode.TestItem | undefined {
  if (typeof arg !== 'object' || arg === null) return undefined;
  if ('test' in arg) return itemOf(arg.test);
  return 'id' in arg && 'children' in arg && 'canResolveChildren' in arg ? (arg as vscode.TestItem) : undefined;
}

/** The test whose text the cursor is in, as far as lines tell; above the first one, the file. */
export async function itemAtCursor(tree: TestTree): Promise<vscode.TestItem | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const [file] = tree.filesAt(editor.document.uri.fsPath);
  if (!file) return undefined;
  // A file that nobody has opened in the Test Explorer has no tests there yet.
  await tree.opened(file);
  const { line } = editor.selection.active;
  let best = file;
  const look = (item: vscode.TestItem): void => {
    const at = item.range?.start.line;
    if (at !== undefined && at <= line && at >= (best.range?.start.line ?? -1)) best = item;
    for (const [, child] of item.children) look(child);
  };
  for (const [, child] of file.children) look(child);
  return best;
}

export interface ChosenTests {
  readonly file: string;
  readonly project: string;
  /** None: the whole file. */
  readonly keys: readonly TestKey[];
}

/** More keys than this make a line that nobody would paste. */
const mostKeys = 20;

/** The file and the listed tests in it that an item stands for; undefined for what is above files. */
export function testsOf(tree: TestTree, item: vscode.TestItem): ChosenTests | undefined {
  const { outline } = tree;
  const scope: Scope = outline.scope(item);
  switch (scope.kind) {
    case 'group':
    case 'project':
      return undefined;
    case 'file':
      return { file: scope.file, project: scope.project, keys: [] };
    case 'suite': {
      const keys = keysBelow(tree, item);
      return { file: scope.file, project: scope.project, keys: keys.length > mostKeys ? [] : keys };
    }
    case 'test': {
      // A sub-test that only a run finds runs with the test that it is a part of.
      let key = scope.key;
      for (let up = item.parent; up; up = up.parent) {
        const above = outline.scope(up);
        if (above.kind === 'test') key = above.key;
      }
      return { file: scope.file, project: scope.project, keys: [key] };
    }
  }
}

function keysBelow(tree: TestTree, item: vscode.TestItem): TestKey[] {
  const scope = tree.outline.scope(item);
  if (scope.kind === 'test') return [scope.key];
  return [...tree.outline.children(item)].flatMap(child => keysBelow(tree, child));
}
