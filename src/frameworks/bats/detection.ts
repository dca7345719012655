import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { Settings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';

/** What is installed, and the libraries that projects of bats keep beside their tests, with tests of their own. */
const passedOver = ['**/node_modules/**', '**/.git/**', '**/test_helper/**', '**/bats-*/**'];
const oldest = 5;

/** Every folder of the settings, or the workspace folder, with the files of bats below it. */
export async function detectBats(context: DetectionContext): Promise<Detection> {
  const { folder, settings } = context;
  const roots = (settings.bats.folders ?? ['.']).map(name => resolve(folder.path, name));
  const found = await Promise.all([...new Set(roots)].map(root => projectAt(root, folder)));
  const projects = found.filter(({ files }) => files.length > 0);
  const problems = settings.bats.folders ? found.filter(({ files }) => files.length === 0).map(nothingIn) : [];
  const [first] = projects;
  const missing = first ? await wrongProgram(first.root, context) : null;
  return missing ? { projects: [], problems: [...problems, missing] } : { projects, problems };
}

/** The setting, the one that npm installed in the folder, or the first of the PATH. */
export function programFor(root: string, settings: Settings): string {
  const { program } = settings.bats;
  if (program !== undefined) return /[\\/]/.test(program) ? resolve(root, program) : program;
  const installed = join(root, 'node_modules', '.bin', 'bats');
  return existsSync(installed) ? installed : 'bats';
}

async function projectAt(root: string, folder: Folder): Promise<Project> {
  const files = await glob(['**/*.bats'], {
    cwd: root,
    absolute: true,
    followSymbolicLinks: false,
    ignore: passedOver,
    expandDirectories: false,
  });
  const below = relative(folder.path, root).replaceAll('\\', '/');
  return {
    id: `bats:${folder.name}:${below || '.'}`,
    framework: 'bats',
    folder,
    root,
    label: below ? `bats · ${below}` : 'bats',
    files: files.map(file => resolve(file)).sort(),
    watch: ['**/*.bats'],
  };
}

function nothingIn({ root }: Project): Problem {
  const message = `There is no file *.bats in ${root}.`;
  return { severity: 'error', key: 'bats.folders', message, fix: 'Correct "bats.folders".' };
}

async function wrongProgram(root: string, { settings, tool }: DetectionContext): Promise<Problem | null> {
  const file = programFor(root, settings);
  const { stdout, stderr, failure } = await tool.run({ file, args: ['--version'], cwd: root, env: settings.bats.env });
  const [, major, minor] = /^Bats (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (major !== undefined && (Number(major) > 1 || Number(minor) >= oldest)) return null;
  const what = major === undefined ? (failure ?? 'has no version') : `is of version ${major}.${minor}`;
  const said = stderr.trim().split('\n').at(-1);
  return {
    severity: 'error',
    file: root,
    message: `The bats tests in ${root} cannot be run, because "${file}" ${what}${said ? `; ${said}` : ''}.`,
    fix: `Install bats 1.${oldest} or later, name it in "frameworks.bats.bats", or set "frameworks.bats" to false.`,
  };
}
