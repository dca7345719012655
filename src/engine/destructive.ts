import type { Mechanism } from '../cages/cage.ts';
import { presets, presetsFor } from '../config/presets.ts';
import { mergeLayers, settingsFor } from '../config/resolve.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { LimitName } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';
import type { Folder, TestInfo } from '../protocol/tests.ts';

interface Missing {
  readonly because: string;
  readonly fix: string;
}

/** Why a destructive file, or tests of it, may not be started, with everything that is missing at once; null: they may. */
export function destructiveRefusal(
  layers: readonly SettingsLayer[],
  folder: Folder,
  file: string,
  mechanism: Pick<Mechanism, 'label' | 'powers'>,
  tests: readonly TestInfo[] = [],
): Problem | null {
  const names = presetsFor(layers, folder, file, tests);
  if (names.length === 0) return null;
  const needed = [...new Set(names.flatMap(name => presets[name].needs))];
  const settings = settingsFor(layers, folder, file, tests);
  const missing = [
    ...needed.flatMap(limit => (settings[limit] === null ? unset(limit) : unheld(limit, mechanism))),
    ...(mergeLayers(layers)['destructive.allow'] ? [] : notAllowed(folder)),
  ];
  if (missing.length === 0) return null;
  const kinds = names.map(name => `"${name}"`).join(' and ');
  return {
    severity: 'error',
    file,
    key: 'destructive',
    message: `Refused: ${tests.length === 1 ? 'this test' : 'this file'} is destructive (${kinds}), and ${missing.map(({ because }) => because).join('; ')}.`,
    fix: [...new Set(missing.map(({ fix }) => fix))].join(' '),
  };
}

function unset(limit: LimitName): Missing[] {
  const fix = `Give "${limit}" a value for it ("overrides"), or leave it to the preset.`;
  return [{ because: `its limit "${limit}" is set to "none"`, fix }];
}

function unheld(limit: LimitName, { label, powers }: Pick<Mechanism, 'label' | 'powers'>): Missing[] {
  const power = powers[limit];
  if (power === true) return [];
  return [
    {
      because: `the kernel does not enforce the limit "${limit}" in this cage (${label}): ${power.because}`,
      fix: power.fix,
    },
  ];
}

function notAllowed({ path }: Folder): Missing[] {
  return [
    {
      because: 'nobody has allowed such tests for this workspace',
      fix: `To allow them: in VS Code, add ${JSON.stringify(path)} to "bulkhead.allowDestructive" in your user settings; in the terminal, run with --allow-destructive or BULKHEAD_ALLOW_DESTRUCTIVE=1.`,
    },
  ];
}
