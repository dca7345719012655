import { basename, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { CommandSettings, Settings } from '../../config/settings.ts';
import type { Discovery, Problem } from '../../protocol/messages.ts';
import { type Folder, type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, ExitReading, Framework, Launch } from '../framework.ts';
import { commandLine } from './command-line.ts';

/** Any program that takes a file and tells by its exit code how it went. */
export class CommandFramework implements Framework {
  readonly name = 'command';
  readonly reporting = 'exit-code';

  async detect({ folder, settings }: DetectionContext): Promise<Detection> {
    const entries = [...entriesById(folder, settings)];
    const projects = await Promise.all(entries.map(([id, entry]) => projectOf(id, entry, folder)));
    const problems = entries.flatMap(([, entry], index) =>
      projects[index]!.files.length > 0 ? [] : nothingFound(entry, folder),
    );
    return { projects, problems };
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    const identity = { framework: project.framework, file, titlePath: [basename(file)], ordinal: 0 };
    return { tests: [{ ...identity, key: testKey(project, identity) }] };
  }

  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch {
    const entry = entryOf(project, settings);
    const [file = '', ...args] = commandLine(entry.command, { file: tests[0]!.file, folder: project.folder.path });
    return { file, args, cwd: resolve(project.folder.path, entry.cwd ?? '.'), env: entry.env };
  }

  readExit(project: Project, code: number, settings: Settings): ExitReading {
    if (entryOf(project, settings).skipCodes.includes(code)) {
      return { state: 'skipped', reason: `exit code ${code} means skipped` };
    }
    return code === 0 ? { state: 'passed' } : { state: 'failed', message: `exit code ${code}` };
  }
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

function entryOf({ id, folder, label }: Project, settings: Settings): CommandSettings {
  const entry = entriesById(folder, settings).get(id);
  if (!entry) throw new Error(`The configuration has no command "${label}" any more; refresh the tests.`);
  return entry;
}

async function projectOf(id: string, entry: CommandSettings, folder: Folder): Promise<Project> {
  const patterns = [...entry.files];
  const installed = patterns.some(pattern => pattern.includes('node_modules')) ? [] : ['**/node_modules/**'];
  const found = await glob(patterns, {
    cwd: folder.path,
    absolute: true,
    expandDirectories: false,
    ignore: [...entry.exclude, ...installed, '**/.git/**'],
  });
  const files = found.map(file => resolve(file)).sort();
  return { id, framework: 'command', folder, root: folder.path, label: entry.name, files, watch: patterns };
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
