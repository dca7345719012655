import * as vscode from 'vscode';
import type { Runs } from './runs.ts';

/** What the `when` clauses of package.json may ask. */
export function setContextKeys(runs: Runs): void {
  void vscode.commands.executeCommand('setContext', 'bulkhead.active', true);
  void vscode.commands.executeCommand('setContext', 'bulkhead.running', runs.running > 0);
  void vscode.commands.executeCommand('setContext', 'bulkhead.hasRun', runs.last !== undefined);
  void vscode.commands.executeCommand('setContext', 'bulkhead.hasFailed', runs.last?.hasFailed ?? false);
}
