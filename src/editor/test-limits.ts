import * as vscode from 'vscode';
import { overrideEdits } from '../config/edit.ts';
import { configName, loadConfig } from '../config/load.ts';
import { settingsFor } from '../config/resolve.ts';
import type { LimitSettings } from '../config/settings.ts';
import type { Project } from '../protocol/tests.ts';
import type { ChosenTests } from './chosen-tests.ts';
import { applyEdits } from './configure.ts';
import { folderSetups } from './settings.ts';

/** The limits that hold for these tests by what is written now, in the project's file and in the editor's settings. */
export async function limitsFor(
  { folder }: Project,
  { file }: ChosenTests,
  titlePath: readonly string[] | undefined,
): Promise<Required<LimitSettings>> {
  const { layer } = await loadConfig(folder.path);
  const own = folderSetups().folders.find(each => each.folder.path === folder.path)?.overrides ?? {};
  return settingsFor([layer, own], folder, file, titlePath ? [{ titlePath }] : []);
}

/** Writes a limit for a file, or for one test of it, into the project's file, which is made where there is none. */
export async function writeLimit(
  folder: string,
  addressed: { readonly files: string; readonly tests?: string },
  key: 'memory' | 'timeout',
  value: string,
): Promise<void> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(folder), configName);
  const making = new vscode.WorkspaceEdit();
  making.createFile(uri, { ignoreIfExists: true, contents: new TextEncoder().encode('{}\n') });
  if (!(await vscode.workspace.applyEdit(making))) throw new Error('VS Code refused to create the file.');
  const document = await vscode.workspace.openTextDocument(uri);
  const edits = overrideEdits(document.getText(), addressed, key, value);
  await applyEdits(document, edits);
  const shown = await vscode.window.showTextDocument(document);
  const place = document.positionAt(document.getText().lastIndexOf(JSON.stringify(value)));
  shown.selection = new vscode.Selection(place, place);
  shown.revealRange(shown.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
