import * as vscode from 'vscode';
import type { TestTree } from './tree.ts';

const quietMs = 300;
/** Such a text is generated, and sending it at each pause would be felt. */
const longestText = 2 * 1024 ** 2;

/** Keeps the tree as the texts in the editor are, before anybody saves them: by reading alone, so nothing of them is run. */
export class Drafts implements vscode.Disposable {
  readonly #tree: TestTree;
  readonly #log: vscode.LogOutputChannel;
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  constructor(tree: TestTree, log: vscode.LogOutputChannel) {
    this.#tree = tree;
    this.#log = log;
  }

  register(): vscode.Disposable[] {
    return [
      this,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#soon(document);
      }),
      // Of a file that is saved, its framework says what is in it.
      vscode.workspace.onDidSaveTextDocument(document => this.#forget(document)),
      vscode.workspace.onDidCloseTextDocument(document => this.#forget(document)),
      this.#tree.onDidRead(file => {
        const document = vscode.workspace.textDocuments.find(each => each.isDirty && each.uri.fsPath === file);
        if (document) this.#soon(document);
      }),
    ];
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  #soon(document: vscode.TextDocument): void {
    const { uri } = document;
    if (uri.scheme !== 'file' || !this.#tree.lists(uri.fsPath)) return;
    clearTimeout(this.#waiting.get(uri.fsPath));
    this.#waiting.set(
      uri.fsPath,
      setTimeout(() => void this.#read(document), quietMs),
    );
  }

  #forget({ uri }: vscode.TextDocument): void {
    clearTimeout(this.#waiting.get(uri.fsPath));
    this.#waiting.delete(uri.fsPath);
  }

  async #read(document: vscode.TextDocument): Promise<void> {
    const { uri, version } = document;
    this.#waiting.delete(uri.fsPath);
    try {
      const typed = document.getText();
      const saved = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      if (Math.max(typed.length, saved.length) > longestText) return;
      const isCurrent = () => document.version === version && !document.isClosed;
      await this.#tree.draft(uri.fsPath, { saved, typed, isCurrent });
    } catch (error) {
      // It may have been deleted, or the warden may be ending: the next change, or its being saved, brings it up to date.
      this.#log.debug(`${uri.fsPath} could not be read as it is in the editor: ${(error as Error).message}`);
    }
  }
}
