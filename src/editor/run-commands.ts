import * as vscode from 'vscode';
import { isFailure, verdictKinds } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import { verdictLabel } from '../reports/wording.ts';
import { itemAtCursor } from './chosen-tests.ts';
import type { Commands } from './commands.ts';
import type { Runs } from './runs.ts';
import type { TestTree } from './tree.ts';

/** Runs that the palette and the keyboard ask for. */
export class RunCommands {
  readonly #runs: Runs;
  readonly #tree: TestTree;
  readonly #commands: Commands;
  readonly #profile: vscode.TestRunProfile;

  constructor(runs: Runs, tree: TestTree, commands: Commands, profile: vscode.TestRunProfile) {
    this.#runs = runs;
    this.#tree = tree;
    this.#commands = commands;
    this.#profile = profile;
  }

  register(): vscode.Disposable[] {
    const { registerCommand } = vscode.commands;
    return [
      registerCommand('bulkhead.runFile', () => this.runFile()),
      registerCommand('bulkhead.runAtCursor', () => this.runAtCursor()),
      registerCommand('bulkhead.runLast', () => this.runLast()),
      registerCommand('bulkhead.runFailedOfCategory', () => this.runFailedOfCategory()),
    ];
  }

  async runFile(): Promise<void> {
    await this.#tree.ready();
    const file = vscode.window.activeTextEditor?.document.uri.fsPath;
    const items = file === undefined ? [] : this.#tree.filesAt(file);
    if (items.length > 0) await this.#run(items);
    else tell(vscode.l10n.t('Bulkhead: the file in the editor is no test file of any project.'));
  }

  async runAtCursor(): Promise<void> {
    await this.#tree.ready();
    const item = await itemAtCursor(this.#tree);
    if (item) await this.#run([item]);
    else tell(vscode.l10n.t('Bulkhead: there is no test at the cursor.'));
  }

  async runLast(): Promise<void> {
    const again = this.#runs.again;
    if (again) await again();
    else tell(vscode.l10n.t('Bulkhead: nothing has run yet.'));
  }

  async runFailedOfCategory(): Promise<void> {
    const { last } = this.#runs;
    const choices = verdictKinds
      .filter(kind => isFailure(kind) && (last?.counts[kind] ?? 0) > 0)
      .map(kind => ({
        verdict: kind,
        label: verdictLabel(kind),
        description: plural(last?.counts[kind] ?? 0, 'test'),
      }));
    if (choices.length === 0) return tell(vscode.l10n.t('Bulkhead: no test of the last run failed.'));
    const title = vscode.l10n.t('Bulkhead: Run Failed Tests of a Category');
    const chosen = await vscode.window.showQuickPick(choices, {
      title,
      placeHolder: vscode.l10n.t('Which to run again'),
    });
    if (chosen && last) await this.#commands.run(last.failed().filter(key => last.verdict(key) === chosen.verdict));
  }

  async #run(items: readonly vscode.TestItem[]): Promise<void> {
    await this.#runs.start(new vscode.TestRunRequest([...items], undefined, this.#profile));
  }
}

function tell(text: string): void {
  void vscode.window.showInformationMessage(text);
}
