import type * as vscode from 'vscode';
import type { TestTree } from './tree.ts';

/** After a change of a test file its results are of another text; after one of the configuration, all are of other settings. */
export function outdate(controller: vscode.TestController, tree: TestTree, files: readonly string[]): void {
  const items = files.map(file => tree.filesAt(file));
  const others = files.filter((_, index) => items[index]!.length === 0);
  if (others.some(isConfiguration)) controller.invalidateTestResults();
  else if (items.some(own => own.length > 0)) controller.invalidateTestResults(items.flat());
}

/** A file of sources that is watched may be no more than a new neighbour of the tests. */
function isConfiguration(file: string): boolean {
  return /[\\/](bulkhead\.config\.json|\.mocharc\.\w+|package\.json|[^\\/]+\.(ini|toml|cfg)|go\.mod)$/.test(file);
}
