import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { CagedTool } from '../framework.ts';
import type { FrameworkSettings } from '../../config/settings.ts';
import type { Folder } from '../../protocol/tests.ts';

/** A Python, and what a shell that has activated its environment would add. */
export interface Interpreter {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface InterpreterQuery {
  readonly root: string;
  readonly folder: Folder;
  readonly settings: FrameworkSettings;
  /** Asks Poetry, where a project has no environment in sight. */
  readonly tool?: CagedTool;
  readonly surroundings?: NodeJS.ProcessEnv;
}

const windows = process.platform === 'win32';

/** The one that is set; else the nearest environment, that of Poetry, an activated one, and last the PATH. */
export async function findInterpreter(query: InterpreterQuery): Promise<Interpreter> {
  const found = interpreterInSight(query);
  if (found) return found;
  return (await ofPoetry(query)) ?? usualInterpreter(query);
}

function interpreterInSight(query: InterpreterQuery): Interpreter | null {
  const { root, folder, settings } = query;
  if (settings.program !== undefined) {
    // A name without a separator is looked up in the PATH.
    const program = settings.program;
    return { program: /[\\/]/.test(program) ? resolve(folder.path, program) : program, env: {} };
  }
  for (const place of upwards(root, folder)) {
    for (const name of ['.venv', 'venv', 'env']) {
      const found = inEnvironment(join(place, name), query);
      if (found) return found;
    }
  }
  return null;
}

/** What can be found without running anything. */
export function usualInterpreter(query: InterpreterQuery): Interpreter {
  const inSight = interpreterInSight(query);
  if (inSight) return inSight;
  const env = environmentOf(query);
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const found = env[name] && inEnvironment(env[name], query);
    if (found) return found;
  }
  const onPath = (name: string) =>
    pathOf(env)
      .split(delimiter)
      .some(place => place !== '' && existsSync(join(place, name)));
  const names = windows ? ['python.exe', 'py.exe'] : ['python3', 'python'];
  return { program: names.find(onPath) ?? names[0]!, env: {} };
}

async function ofPoetry(query: InterpreterQuery): Promise<Interpreter | null> {
  const { root, folder, tool, settings } = query;
  if (!tool || !upwards(root, folder).some(place => existsSync(join(place, 'poetry.lock')))) return null;
  const launch = { file: 'poetry', args: ['env', 'info', '--path'], cwd: root, env: settings.env };
  const { stdout, failure } = await tool.run(launch);
  const path = stdout.trim().split('\n').at(-1)?.trim();
  return failure === null && path ? inEnvironment(path, query) : null;
}

function inEnvironment(place: string, query: InterpreterQuery): Interpreter | null {
  const programs = windows ? ['Scripts/python.exe', 'python.exe'] : ['bin/python', 'bin/python3'];
  const program = programs.map(each => join(place, each)).find(each => existsSync(each));
  if (program === undefined) return null;
  const path = [dirname(program), pathOf(environmentOf(query))].filter(part => part !== '').join(delimiter);
  return { program, env: { VIRTUAL_ENV: place, PATH: path } };
}

/** From the root up to the workspace folder. */
function upwards(root: string, folder: Folder): string[] {
  const places = [root];
  for (let place = root; place !== folder.path && place !== dirname(place);) places.push((place = dirname(place)));
  return places.includes(folder.path) ? places : [root];
}

function environmentOf({ settings, surroundings = process.env }: InterpreterQuery): NodeJS.ProcessEnv {
  return { ...surroundings, ...settings.env };
}

function pathOf(env: NodeJS.ProcessEnv): string {
  return env['PATH'] ?? '';
}
