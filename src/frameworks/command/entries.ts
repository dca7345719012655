import { basename, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { CommandSettings, CommandVerdict, Settings } from '../../config/settings.ts';
import type { Discovery, Problem } from '../../protocol/messages.ts';
import { type Folder, type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Launch } from '../framework.ts';
import { commandLine, filled, type Place } from './command-line.ts';

/** A project for each entry of the configuration whose verdict comes in this way. */
export async function detectEntries(
  framework: string,
  verdict: CommandVerdict,
  { folder, settings }: DetectionContext,
): Promise<Detection> {
  const entries = [...entriesById(folder, settings)].filter(([, entry]) => entry.verdict === verdict);
  const projects = await Promise.all(entries.map(([id, entry]) => projectOf(framework, id, entry, folder)));
  const problems = entries.flatMap(([, entry], index) =>
    projects[index]!.files.length > 0 ? [] : nothingFound(entry, folder),
  );
  return { projects, problems };
}

export function entryOf({ id, folder, label }: Project, settings: Settings): CommandSettings {
  const entry = entriesById(folder, settings).get(id);
  if (!entry) throw new Error(`The configuration has no command "${label}" any more; refresh the tests.`);
  return entry;
}

/** The file as the one test that can be known before it runs. */
export function fileAsTest(project: Project, file: string): Discovery {
  const identity = { framework: project.framework, file, titlePath: [basename(file)], ordinal: 0 };
  return { tests: [{ ...identity, key: testKey(project, identity) }] };
}

export function launchOf(
  project: Project,
  tests: readonly TestInfo[],
  settings: Settings,
  more: Pick<Place, 'test' | 'report'> = {},
): Launch {
  const entry = entryOf(project, settings);
  return launchLine(entry.command, entry, { file: tests[0]!.file, folder: project.folder.path, ...more });
}

export function launchLine(line: readonly string[], { cwd, env }: CommandSettings, place: Place): Launch {
  const [file = '', ...args] = commandLine(line, place);
  const values = Object.entries(env).map(([name, value]) => [name, filled(value, place)] as const);
  return { file, args, cwd: resolve(place.folder, cwd ?? '.'), env: Object.fromEntries(values) };
}

/** Entries may share a name; the second gets a number. */
function entriesById(folder: Folder, settings: Settings): Map<string, CommandSettings> {
  const entries = new Map<string, CommandSettings>();
  for (const entry of settings.command) {
    const id = `command:${folder.name}:${entry.name}`;
    let unique = id;
    for (let number = 2; entries.has(unique); number++) unique = `${id}:${number}`;
    entries.set(unique, entry);
  }
  return entries;
}

async function projectOf(framework: string, id: string, entry: CommandSettings, folder: Folder): Promise<Project> {
  const files = await filesOf(entry, folder);
  return { id, framework, folder, root: folder.path, label: entry.name, files, watch: entry.files };
}

export async function filesOf(entry: CommandSettings, folder: Folder): Promise<string[]> {
  const patterns = [...entry.files];
  const installed = patterns.some(pattern => pattern.includes('node_modules')) ? [] : ['**/node_modules/**'];
  const found = await glob(patterns, {
    cwd: folder.path,
    absolute: true,
    expandDirectories: false,
    ignore: [...entry.exclude, ...installed, '**/.git/**'],
  });
  return found.map(file => resolve(file)).sort();
}

function nothingFound(entry: CommandSettings, folder: Folder): Problem[] {
  const globs = entry.files.map(each => JSON.stringify(each)).join(', ');
  const message = `The command "${entry.name}" has no test: no file in ${folder.path} matches ${globs}.`;
  return [
    {
      severity: 'warning',
      key: 'command',
      message,
      fix: 'Correct its "files" or "exclude", which are relative to that folder.',
    },
  ];
}
