import type { Edit } from 'jsonc-parser';
import * as vscode from 'vscode';
import { settingEdits, writtenValue } from '../config/edit.ts';
import { configName } from '../config/load.ts';
import { starterConfig } from '../config/starter.ts';
import type { TestTree } from './tree.ts';
import { askValue, settableKeys } from './values.ts';

interface KeyItem extends vscode.QuickPickItem {
  /** Absent: the file itself. */
  readonly key?: string;
}

/** Writes a folder's first configuration, and changes single keys of one that is there. */
export class Configure {
  readonly #tree: TestTree;

  constructor(tree: TestTree) {
    this.#tree = tree;
  }

  /** From the palette, and from the gear beside each profile. */
  register(profiles: readonly vscode.TestRunProfile[]): vscode.Disposable {
    for (const profile of profiles)
      profile.configureHandler = () => void vscode.commands.executeCommand('bulkhead.configure');
    return vscode.Disposable.from(
      vscode.commands.registerCommand('bulkhead.configure', (key?: unknown) => this.configure(key)),
      // The same in the menu of all extensions' profiles, where no category stands before it.
      vscode.commands.registerCommand('bulkhead.configureProfiles', () => this.configure()),
    );
  }

  /** All keys to choose from, or the one that a hint is about. */
  async configure(about?: unknown): Promise<void> {
    const folder = await chosenFolder();
    if (!folder) return;
    const wanted = settableKeys().find(({ key }) => key === about)?.key;
    try {
      const file = vscode.Uri.joinPath(folder.uri, configName);
      const isNew = !(await exists(file));
      if (isNew) await this.#create(folder, file);
      if (!isNew || wanted !== undefined) await this.#change(file, wanted);
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not write {0}. {1}', configName, (error as Error).message),
      );
    }
  }

  async #create(folder: vscode.WorkspaceFolder, file: vscode.Uri): Promise<void> {
    await this.#tree.ready();
    const own = this.#tree.projects.filter(project => project.folder.path === folder.uri.fsPath);
    const edit = new vscode.WorkspaceEdit();
    // Never over a file that somebody else has written in the meantime.
    edit.createFile(file, { contents: new TextEncoder().encode(starterConfig(own)) });
    if (!(await vscode.workspace.applyEdit(edit)))
      throw new Error(vscode.l10n.t('VS Code refused to create the file.'));
    await vscode.window.showTextDocument(file);
  }

  async #change(file: vscode.Uri, wanted: string | undefined): Promise<void> {
    const document = await vscode.workspace.openTextDocument(file);
    const key = wanted ?? (await chosenKey(document.getText()));
    if (key === undefined) return;
    if (key === null) return void (await vscode.window.showTextDocument(document));
    const value = await askValue(key, writtenValue(document.getText(), key));
    if (value === undefined) return;
    await writeSetting(document, key, value);
  }
}

/** Saved at once, so that the next run has it, and shown, so that it is seen where. */
export async function writeSetting(document: vscode.TextDocument, key: string, value: unknown): Promise<void> {
  await applyEdits(document, settingEdits(document.getText(), key, value));
  const shown = await vscode.window.showTextDocument(document);
  const place = document.positionAt(document.getText().indexOf(`${JSON.stringify(key)}:`));
  shown.selection = new vscode.Selection(place, place);
  shown.revealRange(shown.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Nothing is lost where the document has unsaved changes: the edits are made to it as it is. */
export async function applyEdits(document: vscode.TextDocument, edits: readonly Edit[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of edits) {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
    edit.replace(document.uri, range, content);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t('VS Code refused the change.'));
  if (!(await document.save())) throw new Error(vscode.l10n.t('The file could not be saved.'));
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1)
    return vscode.window.showWorkspaceFolderPick({ placeHolder: vscode.l10n.t('Configure Bulkhead for') });
  if (folders.length === 0)
    void vscode.window.showInformationMessage(vscode.l10n.t('Bulkhead: open a folder to configure it.'));
  return folders[0];
}

/** Null: the file as it is. */
async function chosenKey(text: string): Promise<string | null | undefined> {
  const open: KeyItem = { label: `$(go-to-file) ${vscode.l10n.t('Open the file')}`, alwaysShow: true };
  const keys = settableKeys().map(({ key, description, usual }): KeyItem => {
    const written = writtenValue(text, key);
    const value = written === undefined ? vscode.l10n.t('{0} (default)', usual) : JSON.stringify(written);
    return { key, label: key, description: value, detail: description };
  });
  const chosen = await vscode.window.showQuickPick([open, ...keys], {
    title: vscode.l10n.t('Bulkhead: Configure ({0})', configName),
    placeHolder: vscode.l10n.t('What to change'),
    matchOnDetail: true,
  });
  return chosen && (chosen.key ?? null);
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
