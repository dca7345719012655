import * as vscode from 'vscode';
import { agentToolNames } from '../agents/tools.ts';
import { Drafts } from './drafts.ts';
import { Problems } from './problems.ts';
import { ReadTests } from './read-tests.ts';
import { reportType } from './report.ts';
import { TestTree } from './tree.ts';

/** As VS Code gives it: where its user speaks another language, with the English beside it. */
type Title = string | { readonly value: string };

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly title: Title }[] };
}

/** What works where nobody is trusted yet. */
const harmless = ['bulkhead.showLog', 'bulkhead.openWalkthrough'];

/** Bulkhead in a workspace that is not trusted: its tests are read and shown, no process is started, and commands say why. */
export class Untrusted implements vscode.Disposable {
  readonly controller: vscode.TestController;
  readonly #parts: vscode.Disposable[];

  constructor({ packageJSON }: vscode.Extension<unknown>, log: vscode.LogOutputChannel) {
    this.controller = vscode.tests.createTestController('bulkhead', 'Bulkhead');
    const problems = new Problems(log);
    const tree = new TestTree(this.controller, new ReadTests(), problems, log);
    this.controller.resolveHandler = item => tree.resolve(item);
    this.controller.refreshHandler = token => tree.refresh(token);
    this.#parts = [
      this.controller,
      problems,
      ...new Drafts(tree, log).register(),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => tree.changed(uri.fsPath)),
      vscode.window.registerTreeDataProvider('bulkhead.processes', nothing),
      // One that was open when trust was taken away would stay blank.
      vscode.window.registerWebviewPanelSerializer(reportType, closing),
      // An agent may know them from before, whatever the manifest says of when they are there.
      ...agentToolNames.map(name => vscode.lm.registerTool(name, { invoke: () => refuse() })),
      vscode.commands.registerCommand('bulkhead.showLog', () => log.show()),
      ...(packageJSON as Manifest).contributes.commands
        .filter(({ command }) => !harmless.includes(command))
        .map(({ command, title }) =>
          vscode.commands.registerCommand(command, () => sayWhy(typeof title === 'string' ? title : title.value)),
        ),
    ];
    void vscode.commands.executeCommand('setContext', 'bulkhead.active', true);
    log.info('This workspace is not trusted: tests are found by reading alone, and no process is started.');
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
  }
}

const closing: vscode.WebviewPanelSerializer = {
  async deserializeWebviewPanel(panel) {
    panel.dispose();
  },
};

const nothing: vscode.TreeDataProvider<never> = {
  getChildren: () => [],
  getTreeItem: item => item,
};

function refuse(): never {
  throw new Error(
    'The user has not trusted this workspace: nothing of it may be run, and there is no run to tell of. Only the user can change that.',
  );
}

async function sayWhy(title: string): Promise<void> {
  const manage = vscode.l10n.t('Manage Trust');
  const text = vscode.l10n.t(
    'Bulkhead starts nothing in a workspace that you do not trust, and "{0}" needs that. Its tests are shown as far as reading finds them.',
    title,
  );
  const answer = await vscode.window.showInformationMessage(text, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
