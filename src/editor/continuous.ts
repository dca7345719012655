import * as vscode from 'vscode';
import { coalesced } from './coalesced.ts';
import type { Runs, RunWishes } from './runs.ts';
import type { TestTree } from './tree.ts';

/** "Save All" is one change. */
const quietMs = 300;

/** Continuous runs: what was asked for runs again after each change, and a change during a run is seen to after it. */
export class Continuous {
  readonly #runs: Runs;
  readonly #tree: TestTree;
  readonly #changes: vscode.Event<readonly string[]>;

  constructor(runs: Runs, tree: TestTree, changes: vscode.Event<readonly string[]>) {
    this.#runs = runs;
    this.#tree = tree;
    this.#changes = changes;
  }

  start(request: vscode.TestRunRequest, token: vscode.CancellationToken, wishes: RunWishes = {}): void {
    const changed = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    const again = coalesced(async () => {
      if (token.isCancellationRequested) return;
      const files = [...changed];
      changed.clear();
      const include = this.#concerned(request, files);
      if (include?.length === 0) return;
      await this.#runs.start(new vscode.TestRunRequest(include, request.exclude, request.profile, true), wishes);
    });
    const seen = (files: readonly string[]): void => {
      for (const file of files) changed.add(file);
      clearTimeout(timer);
      timer = setTimeout(() => void again(), quietMs);
    };
    const listening = [
      this.#changes(seen),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (isSource(uri)) seen([uri.fsPath]);
      }),
    ];
    token.onCancellationRequested(() => {
      clearTimeout(timer);
      for (const each of listening) each.dispose();
    });
  }

  /** After a change in test files alone, what of the request lies in these; after any other, all of it. */
  #concerned(request: vscode.TestRunRequest, files: readonly string[]): vscode.TestItem[] | undefined {
    const items = files.map(file => this.#tree.filesAt(file));
    if (items.some(own => own.length === 0)) return request.include && [...request.include];
    const changed = items.flat();
    const { include } = request;
    if (!include) return changed;
    const within = (item: vscode.TestItem, whole: readonly vscode.TestItem[]) => {
      for (let up: vscode.TestItem | undefined = item; up; up = up.parent) if (whole.includes(up)) return true;
      return false;
    };
    return [
      ...changed.filter(item => within(item, include)),
      ...include.filter(item => !changed.includes(item) && within(item, changed)),
    ];
  }
}

function isSource({ scheme, fsPath }: vscode.Uri): boolean {
  return (
    scheme === 'file' &&
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(fsPath)) !== undefined &&
    !/[\\/](node_modules|\.bulkhead)[\\/]/.test(fsPath)
  );
}
