import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import type { Settings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';

/** What is installed, and the libraries that projects of bats keep beside their tests, with tests of their own. */
const passedOver = ['**/node_modules/**', '**/.git/**', '**/test_helper/**', '**/bats-*/**'];
const oldest = 5;

/** Deeper nobody keeps bats itself. */
const depth = 6;

export interface BatsDetection extends Detection {
  /** The program of a checkout of bats in the workspace folder, null where there is none. */
  readonly checkedOut: string | null;
}

/** Every folder of the settings, or the workspace folder, with the files of bats below it. */
export async function detectBats(context: DetectionContext): Promise<BatsDetection> {
  const { folder, settings } = context;
  const roots = (settings.bats.folders ?? ['.']).map(name => resolve(folder.path, name));
  const all = await Promise.all([...new Set(roots)].map(root => projectAt(root, folder)));
  const checkouts = all.some(({ files }) => files.length > 0) ? await checkoutsIn(folder) : [];
  const found = all.map(project => withoutTestsOf(checkouts, project));
  const checkedOut = checkouts[0] === undefined ? null : join(checkouts[0], 'bin', 'bats');
  const projects = found.filter(({ files }) => files.length > 0);
  const problems = settings.bats.folders ? found.filter(({ files }) => files.length === 0).map(nothingIn) : [];
  const [first] = projects;
  const missing = first ? await wrongProgram(first, checkedOut, context) : null;
  return missing ? { projects: [], problems: [...problems, missing], checkedOut } : { projects, problems, checkedOut };
}

/** The setting, the one that npm installed in the folder, the one that the project has as a submodule of Git, or the first of the PATH. */
export function programFor(
  { root, folder }: Pick<Project, 'root' | 'folder'>,
  checkedOut: string | null,
  settings: Settings,
): string {
  const { program } = settings.bats;
  if (program !== undefined) return /[\\/]/.test(program) ? resolve(folder.path, program) : program;
  const installed = [root, folder.path].map(place => join(place, 'node_modules', '.bin', 'bats'));
  return installed.find(place => existsSync(place)) ?? checkedOut ?? 'bats';
}

/** Folders of bats itself, which its tutorial has in `test/bats`, the outermost first. */
async function checkoutsIn(folder: Folder): Promise<string[]> {
  const found = await glob(['**/libexec/bats-core/bats'], {
    cwd: folder.path,
    absolute: true,
    deep: depth,
    followSymbolicLinks: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
    expandDirectories: false,
  });
  return found
    .map(file => resolve(file, '..', '..', '..'))
    .filter(place => existsSync(join(place, 'bin', 'bats')))
    .sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
}

/** Bats has hundreds of tests of its own, many of which fail on purpose; they count only where its folder is the project. */
function withoutTestsOf(checkouts: readonly string[], project: Project): Project {
  const below = checkouts.filter(place => place.startsWith(project.root + sep));
  return { ...project, files: project.files.filter(file => !below.some(place => file.startsWith(place + sep))) };
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

async function wrongProgram(
  project: Project,
  checkedOut: string | null,
  { settings, tool }: DetectionContext,
): Promise<Problem | null> {
  const { root } = project;
  const file = programFor(project, checkedOut, settings);
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
