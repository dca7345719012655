import * as vscode from 'vscode';
import { environmentLayer } from '../config/environment.ts';
import { parseSettingsObject } from '../config/reading.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { FolderSetup, Problem } from '../protocol/messages.ts';
import { allowDestructiveKey, nodeKey, settingKeys } from './contributed-settings.ts';

export const section = 'bulkhead';

/** The folders of the window, each with what its user has set: a setting left alone leaves the project's file in force. */
export function folderSetups(): { readonly folders: readonly FolderSetup[]; readonly problems: readonly Problem[] } {
  const environment = environmentLayer(process.env);
  const problems = [...environment.problems];
  const folders: FolderSetup[] = [];
  for (const { name, uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file') continue;
    const configuration = vscode.workspace.getConfiguration(section, uri);
    const { layer, problems: own } = settingsOf(configuration);
    const allowed = allowsDestructive(configuration, uri.fsPath) ? { 'destructive.allow': true } : {};
    problems.push(...own.filter(problem => !problems.some(({ message }) => message === problem.message)));
    folders.push({
      folder: { name: unusedName(name, folders), path: uri.fsPath },
      overrides: { ...layer, ...allowed, ...environment.layer },
    });
  }
  return { folders, problems };
}

/** Two folders of a window may have one name, and a test is known by its folder's. */
function unusedName(name: string, taken: readonly FolderSetup[]): string {
  const isTaken = (candidate: string) => taken.some(({ folder }) => folder.name === candidate);
  let unused = name;
  for (let number = 2; isTaken(unused); number++) unused = `${name} (${number})`;
  return unused;
}

function settingsOf(configuration: vscode.WorkspaceConfiguration) {
  const set = (key: string): unknown => (isSet(configuration, key) ? configuration.get(key) : undefined);
  const { layer, problems } = parseSettingsObject(Object.fromEntries(settingKeys.map(key => [key, set(key)])), section);
  const node = set(nodeKey);
  const withNode: SettingsLayer = typeof node === 'string' ? { ...layer, node } : layer;
  return { layer: withNode, problems: problems.map(inSettings) };
}

/** The user's own settings alone count: a workspace may have come with its own. */
function allowsDestructive(configuration: vscode.WorkspaceConfiguration, folder: string): boolean {
  const folders: unknown = configuration.inspect(allowDestructiveKey)?.globalValue;
  return Array.isArray(folders) && folders.includes(folder);
}

/** An empty text is what the settings editor leaves behind when somebody clears a field. */
function isSet(configuration: vscode.WorkspaceConfiguration, key: string): boolean {
  const { globalValue, workspaceValue, workspaceFolderValue } = configuration.inspect(key) ?? {};
  const value = workspaceFolderValue ?? workspaceValue ?? globalValue ?? null;
  return value !== null && value !== '';
}

function inSettings(problem: Problem): Problem {
  return { ...problem, message: `in the settings, ${problem.message}` };
}
