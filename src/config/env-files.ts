import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Problem } from '../protocol/messages.ts';
import { frameworkNames } from '../protocol/settings.ts';
import type { Folder } from '../protocol/tests.ts';
import type { Settings } from './settings.ts';

const mostBytes = 1024 ** 2;

type Variables = Readonly<Record<string, string>>;

/** What the files of `envFile` say stands under the environment itself, as Node and dotenv have it, and under every `env`. */
export function withEnvFiles(
  settings: Settings,
  folder: Folder,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): { readonly settings: Settings; readonly problems: readonly Problem[] } {
  if (settings.envFile.length === 0) return { settings, problems: [] };
  const readings = settings.envFile.map(name => read(resolve(folder.path, name)));
  const all = readings.flatMap(reading => ('variables' in reading ? Object.entries(reading.variables) : []));
  const variables = Object.fromEntries(all.filter(([name]) => environment[name] === undefined));
  const below = <T extends { readonly env: Variables }>(own: T): T => ({ ...own, env: { ...variables, ...own.env } });
  return {
    settings: {
      ...settings,
      ...Object.fromEntries(frameworkNames.map(name => [name, below(settings[name])])),
      command: settings.command.map(below),
    },
    problems: readings.flatMap(reading => ('problem' in reading ? [reading.problem] : [])),
  };
}

function read(file: string): { readonly variables: Variables } | { readonly problem: Problem } {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > mostBytes) throw new Error('it is larger than 1 MiB');
    const variables = Object.entries(parseEnv(text.replace(/^\uFEFF/, ''))).filter(([, value]) => value !== undefined);
    return { variables: Object.fromEntries(variables) as Variables };
  } catch (error) {
    const message = `The variables in ${file} are not set, because it cannot be read: ${(error as Error).message}`;
    return { problem: { severity: 'warning', key: 'envFile', message, fix: 'Correct "envFile", or write that file.' } };
  }
}
