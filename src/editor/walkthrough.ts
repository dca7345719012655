import * as vscode from 'vscode';

/** The first minutes with Bulkhead, in a workspace that is trusted or not. */
export function registerWalkthrough(extension: string): vscode.Disposable {
  return vscode.commands.registerCommand('bulkhead.openWalkthrough', () =>
    vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extension}#start`, false),
  );
}
