import type { Limits } from '../protocol/limits.ts';
import { type FrameworkName, frameworkNames } from '../protocol/settings.ts';
import type { Folder } from '../protocol/tests.ts';
import { concerns, type Marked } from './concerns.ts';
import { heldBack, presetsFor } from './presets.ts';
import { defaults, type LimitSettings, type Settings, type SettingsLayer } from './settings.ts';

/** Later layers win; lists of overrides are joined, so that a later layer's override wins over an earlier one's. */
export function mergeLayers(layers: readonly SettingsLayer[]): Settings {
  return layers.reduce<Settings>(
    (merged, layer) => ({
      ...merged,
      ...defined(layer),
      overrides: [...merged.overrides, ...(layer.overrides ?? [])],
      destructive: [...merged.destructive, ...(layer.destructive ?? [])],
      ...frameworksOf(merged, layer),
    }),
    defaults,
  );
}

/** A layer may name a program without a word on everything else. */
function frameworksOf(merged: Settings, layer: SettingsLayer): Pick<Settings, FrameworkName> {
  return Object.fromEntries(frameworkNames.map(name => [name, { ...merged[name], ...layer[name] }])) as unknown as Pick<
    Settings,
    FrameworkName
  >;
}

/**
 * The settings of one file, or of tests of it that run together. A layer that speaks of the whole project (`--memory` on the command line) must still win over
 * an override of a weaker layer (the file's), so each layer is applied whole before the next.
 */
export function settingsFor(
  layers: readonly SettingsLayer[],
  folder: Folder,
  file: string,
  tests: readonly Marked[] = [],
): Required<LimitSettings> {
  const chosen = new Set<string>();
  const settings = layers.reduce<Required<LimitSettings>>(
    (settings, layer) => {
      const matching = (layer.overrides ?? []).filter(override =>
        concerns({ files: override.files, words: override.tests }, folder, file, tests),
      );
      for (const override of matching) Object.keys(limitsOnly(override)).forEach(key => chosen.add(key));
      return [layer, ...matching].reduce<Required<LimitSettings>>(
        (merged, part) => ({ ...merged, ...limitsOnly(part) }),
        settings,
      );
    },
    limitsOnly(defaults) as Required<LimitSettings>,
  );
  return heldBack(settings, presetsFor(layers, folder, file, tests), chosen);
}

export function limitsOf(settings: Required<LimitSettings>): Limits {
  return {
    memoryBytes: settings.memory,
    swapBytes: settings.swap,
    processes: settings.processes,
    timeoutMs: settings.timeout,
    slowMs: settings.slow,
    startupMs: settings.startup,
    teardownMs: settings.teardown,
    graceMs: settings.grace,
    outputBytes: settings.output,
    outputFileBytes: settings.outputFile ?? 0,
    outputLimitBytes: settings.outputLimit,
    idleMs: settings.idle,
    openFiles: settings.openFiles,
    fileBytes: settings.fileSize,
    diskBytes: settings.disk,
    workspaceWrites: settings.workspaceWrites,
    stackBytes: settings.stack,
    cpuMs: settings.cpu,
    network: settings.network === 'on',
    nice: settings.nice,
  };
}

const limitKeys = Object.keys({
  memory: true,
  swap: true,
  processes: true,
  timeout: true,
  slow: true,
  startup: true,
  teardown: true,
  grace: true,
  output: true,
  outputFile: true,
  outputLimit: true,
  idle: true,
  openFiles: true,
  fileSize: true,
  disk: true,
  workspaceWrites: true,
  stack: true,
  cpu: true,
  network: true,
  nice: true,
  isolation: true,
  leaks: true,
  retries: true,
  retryDelay: true,
  weight: true,
  locks: true,
} satisfies Record<keyof LimitSettings, true>) as (keyof LimitSettings)[];

function limitsOnly(part: LimitSettings): LimitSettings {
  return defined(Object.fromEntries(limitKeys.map(key => [key, part[key]])));
}

function defined<T extends object>(part: T): Partial<T> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<T>;
}
