import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { knownFailuresName } from '../config/known-failures.ts';
import { type NewEntry, withEntry } from '../config/list-known-failure.ts';
import type { TestInfo } from '../protocol/tests.ts';
import { isFailure, type VerdictKind } from '../protocol/verdict.ts';
import { oneLine } from '../reports/excerpt.ts';
import type { Connection } from './connection.ts';
import type { Runs } from './runs.ts';
import type { TestTree } from './tree.ts';

/** An item of the Test Explorer, or one of the messages of its failure. */
type Marked = vscode.TestItem | { readonly test: vscode.TestItem };

/** Puts a test on the project's list of known failures. */
export class KnownFailures {
  readonly #connection: Connection;
  readonly #tree: TestTree;
  readonly #runs: Runs;

  constructor(connection: Connection, tree: TestTree, runs: Runs) {
    this.#connection = connection;
    this.#tree = tree;
    this.#runs = runs;
  }

  register(): vscode.Disposable {
    return vscode.commands.registerCommand('bulkhead.markKnownFailure', (marked?: Marked, reason?: string) =>
      this.mark(marked, reason),
    );
  }

  async mark(marked: Marked | undefined, given?: string): Promise<void> {
    const item = marked && 'test' in marked ? marked.test : marked;
    try {
      const found = item && (await this.#testOf(item));
      const folder = item?.uri && vscode.workspace.getWorkspaceFolder(item.uri);
      if (!found || !folder) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Bulkhead: choose a single test in the Test Explorer.'),
        );
        return;
      }
      const { test } = found;
      const reason = given ?? (await askReason(oneLine(test.titlePath.at(-1) ?? item.label, 80)));
      if (!reason) return;
      const kind = this.#runs.last?.verdict(test.key);
      await write(folder.uri, entryOf(folder.uri.fsPath, { ...found, reason, kind }));
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not list the test. {0}', (error as Error).message),
      );
    }
  }

  /** With its titles whole, and whether others have the same. */
  async #testOf(item: vscode.TestItem): Promise<{ test: TestInfo; alone: boolean } | undefined> {
    const scope = this.#tree.outline.scope(item);
    if (scope.kind !== 'test' && scope.kind !== 'file') return undefined;
    await this.#tree.ready();
    const { project, file } = scope;
    const tests = (await this.#connection.client?.request('discover', { project, file }))?.tests ?? [];
    const test = tests.find(({ key, titlePath }) =>
      scope.kind === 'test' ? key === scope.key : titlePath.length === 0,
    );
    if (!test) return undefined;
    const titles = JSON.stringify(test.titlePath);
    return { test, alone: tests.every(each => each === test || JSON.stringify(each.titlePath) !== titles) };
  }
}

interface Listed {
  readonly test: TestInfo;
  readonly alone: boolean;
  readonly reason: string;
  readonly kind: VerdictKind | undefined;
}

function entryOf(folder: string, { test, alone, reason, kind }: Listed): NewEntry {
  return {
    file: relative(folder, test.file).replaceAll('\\', '/'),
    ...(test.titlePath.length > 0 ? { test: test.titlePath } : {}),
    ...(alone ? {} : { occurrence: test.ordinal + 1 }),
    reason,
    ...(kind && isFailure(kind) ? { verdict: [kind] } : {}),
  };
}

function askReason(title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Mark “{0}” as a known failure', title),
    prompt: vscode.l10n.t('Why does it fail? The reason is kept in {0}.', knownFailuresName),
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('Say why, in a few words.') : null),
  });
}

/** By the editor's own document, so that what somebody has not saved yet is not lost. */
async function write(folder: vscode.Uri, entry: NewEntry): Promise<void> {
  const uri = vscode.Uri.file(join(folder.fsPath, knownFailuresName));
  const creation = new vscode.WorkspaceEdit();
  creation.createFile(uri, { ignoreIfExists: true });
  await vscode.workspace.applyEdit(creation);
  const document = await vscode.workspace.openTextDocument(uri);
  const text = withEntry(document.getText(), entry);
  if (text === null)
    throw new Error(vscode.l10n.t('{0} cannot be read: mend it, and mark the test again.', knownFailuresName));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save())) {
    throw new Error(vscode.l10n.t('{0} could not be written.', knownFailuresName));
  }
  const open = vscode.l10n.t('Open the List');
  const told = vscode.window.showInformationMessage(vscode.l10n.t('Bulkhead: listed in {0}.', knownFailuresName), open);
  void told.then(answer => (answer === open ? vscode.window.showTextDocument(document) : undefined));
}
