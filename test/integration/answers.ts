import * as vscode from 'vscode';

/** What a person would choose, type and be told: VS Code itself has no hands in an integration test. */
export function answering(answers: readonly (string | RegExp)[]): { readonly told: string[]; stop(): void } {
  const left = [...answers];
  const told: string[] = [];
  const { showQuickPick, showInputBox, showInformationMessage } = vscode.window;
  const next = (): string | RegExp | undefined => left.shift();
  Object.assign(vscode.window, {
    showQuickPick: async (items: Iterable<vscode.QuickPickItem> | PromiseLike<Iterable<vscode.QuickPickItem>>) => {
      const wanted = next();
      const all = [...(await items)];
      const found = all.find(({ label }) => (wanted instanceof RegExp ? wanted.test(label) : label === wanted));
      if (wanted !== undefined && !found)
        throw new Error(`Nothing called ${wanted} in ${all.map(({ label }) => label).join()}`);
      return found;
    },
    showInputBox: async (options: vscode.InputBoxOptions) => {
      const typed = String(next());
      const wrong = await options.validateInput?.(typed);
      if (wrong) throw new Error(`"${typed}" is refused: ${typeof wrong === 'string' ? wrong : wrong.message}`);
      return typed;
    },
    showInformationMessage: async (text: string, ...buttons: unknown[]) => {
      told.push(text);
      return buttons.length > 0 && left.length > 0 ? String(next()) : undefined;
    },
  });
  return {
    told,
    stop: () => void Object.assign(vscode.window, { showQuickPick, showInputBox, showInformationMessage }),
  };
}
