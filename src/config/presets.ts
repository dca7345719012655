import type { LimitName } from '../protocol/limits.ts';
import type { DestructivePreset, LimitSettings, SettingsLayer } from '../protocol/settings.ts';
import type { Folder } from '../protocol/tests.ts';
import { concerns, type Marked } from './concerns.ts';

type PresetLimits = {
  readonly [
    K in LimitName as K extends keyof LimitSettings ? Exclude<K, 'network' | 'workspaceWrites'> : never
  ]?: number;
};

/** What holds a kind of destructive test back. */
export interface Preset {
  readonly meaning: string;
  readonly limits: PresetLimits;
  /** Where the machine can do it, what they write in the workspace is gone with them. */
  readonly discards?: true;
  /** Without these, enforced by the kernel, no file of this kind is run at all. */
  readonly needs: readonly LimitName[];
}

const mebibyte = 1024 ** 2;

export const presets: Readonly<Record<DestructivePreset, Preset>> = {
  oom: {
    meaning: 'It uses up memory.',
    limits: { memory: 128 * mebibyte, swap: 0, processes: 100 },
    needs: ['memory'],
  },
  'disk-full': {
    meaning: 'It fills its temporary folder, or the workspace.',
    // The disk is held in memory and counts as such; a larger file is stopped wherever else it may be written.
    limits: { disk: 100 * mebibyte, fileSize: 128 * mebibyte, memory: 256 * mebibyte, processes: 100 },
    discards: true,
    needs: ['disk', 'fileSize'],
  },
  'stack-overflow': {
    meaning: 'It recurses without an end.',
    limits: { stack: mebibyte, memory: 128 * mebibyte, processes: 100 },
    needs: ['stack'],
  },
  'fd-exhaustion': {
    meaning: 'It opens files, sockets or pipes and closes none.',
    limits: { openFiles: 256, memory: 128 * mebibyte, processes: 100 },
    // Each process may have as many, so that their number is a part of the limit.
    needs: ['openFiles', 'processes'],
  },
  'fork-bomb': {
    meaning: 'It starts processes that start processes.',
    limits: { processes: 100, memory: 128 * mebibyte, nice: 10 },
    needs: ['processes', 'memory'],
  },
  cpu: {
    meaning: 'It computes without an end.',
    limits: { cpu: 1000, processes: 100, nice: 10 },
    needs: ['cpu', 'processes'],
  },
};

/** Those of every entry that matches: what is destructive in two ways is held back in both. */
export function presetsFor(
  layers: readonly SettingsLayer[],
  folder: Folder,
  file: string,
  tests: readonly Marked[] = [],
): readonly DestructivePreset[] {
  const entries = layers.flatMap(layer => layer.destructive ?? []);
  const matching = entries.filter(({ files, tags }) => concerns({ files, words: tags }, folder, file, tests));
  return [...new Set(matching.map(({ preset }) => preset))];
}

/** A preset only ever tightens what holds for the whole project; a limit set for the file or the test itself (`chosen`) stays. */
export function heldBack(
  settings: Required<LimitSettings>,
  names: readonly DestructivePreset[],
  chosen: ReadonlySet<string>,
): Required<LimitSettings> {
  return names.reduce((held, name) => {
    const tightened = Object.entries(presets[name].limits)
      .filter(([key]) => !chosen.has(key))
      .map(([key, limit]) => [key, tighter(key, held[key as keyof PresetLimits], limit)] as const);
    const discards = presets[name].discards && !chosen.has('workspaceWrites');
    return {
      ...held,
      ...Object.fromEntries(tightened),
      ...(discards ? { workspaceWrites: 'discarded' as const } : {}),
    };
  }, settings);
}

function tighter(key: string, value: number | null, limit: number): number {
  if (value === null) return limit;
  return key === 'nice' ? Math.max(value, limit) : Math.min(value, limit);
}
