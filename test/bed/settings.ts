import * as path from 'node:path';
import { repository } from './places.ts';

export type Settings = Record<string, unknown>;

/** A quiet VS Code: nothing that phones home, nags, or moves on the screen by itself. */
export const quiet: Settings = {
  'chat.agentHost.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** VS Code's server comes without its TypeScript, and says of the first script that is opened that somebody has deleted it. */
export const typescript: Settings = {
  'js/ts.tsdk.path': path.join(repository, 'node_modules/typescript/lib'),
};

/** For UI tests also: no view may open by itself over the one being looked at. */
export const still: Settings = {
  ...quiet,
  'git.enabled': false,
  'testing.automaticallyOpenPeekView': 'never',
  'testing.automaticallyOpenTestResults': 'neverOpen',
  // A hover covers the row below the one that was clicked last.
  'workbench.hover.delay': 60_000,
};

/** Folders are not trusted before somebody says so, and nobody is asked. */
export const cautious: Settings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.emptyWindow': false,
  'security.workspace.trust.startupPrompt': 'never',
  // The page where trust is granted would lie over the window.
  'workbench.editor.useModal': 'off',
};

export const themes = {
  light: { name: 'Light Modern', kind: 'vs' },
  dark: { name: 'Dark Modern', kind: 'vs-dark' },
  'high contrast': { name: 'Default High Contrast', kind: 'hc-black' },
  'high contrast light': { name: 'Default High Contrast Light', kind: 'hc-light' },
} as const;

export type Theme = keyof typeof themes;
