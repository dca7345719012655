import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import type { Settings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, Launch } from '../framework.ts';
import { type CtestTest, listedTests } from './listing.ts';
import { firstLines } from '../lines.ts';

/** Deeper folders can be named in the setting `ctest.folders`. */
const depth = 5;
const testfile = 'CTestTestfile.cmake';

/** Every folder that cmake has configured with tests. */
export async function detectCtest(context: DetectionContext): Promise<Detection> {
  const { folder, settings } = context;
  const { folders } = settings.ctest;
  const found = await glob(folders?.map(name => join(name, testfile).replaceAll('\\', '/')) ?? [`**/${testfile}`], {
    cwd: folder.path,
    absolute: true,
    deep: depth,
    followSymbolicLinks: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
    expandDirectories: false,
  });
  const places = found.map(file => dirname(resolve(file))).sort();
  // The folders below one that is configured are its parts.
  const roots = places.filter(root => !places.some(other => other !== root && root.startsWith(other + sep)));
  const looked = await Promise.all(roots.map(root => projectAt(root, context)));
  const missing = (folders ?? [])
    .filter(name => !places.includes(resolve(folder.path, name)))
    .map((name): Problem => {
      const message = `There is no ${testfile} in ${join(folder.path, name)}.`;
      const fix = 'Configure that folder with cmake, or correct "ctest.folders".';
      return { severity: 'error', key: 'ctest.folders', message, fix };
    });
  const unconfigured = folders === undefined && roots.length === 0 ? await neverConfigured(folder) : [];
  return {
    projects: looked.flatMap(each => ('severity' in each || each.files.length === 0 ? [] : [each])),
    problems: [...missing, ...unconfigured, ...looked.filter(each => 'severity' in each)],
  };
}

/** Before cmake has configured a folder, nobody knows which tests there are; a fresh clone has none. */
async function neverConfigured(folder: Folder): Promise<Problem[]> {
  const file = join(folder.path, 'CMakeLists.txt');
  // Without it cmake is not what builds this folder.
  const listfile = await readFile(file, 'utf8').catch(() => '');
  if (!/^\s*(enable_testing\s*\(|include\s*\(\s*CTest\b)/im.test(listfile)) return [];
  const message = 'This project has tests for ctest, and cmake has not configured it yet.';
  const fix = 'Run "cmake -B build" in its folder, and the tests appear; Bulkhead builds them itself.';
  return [{ severity: 'hint', file, message, fix }];
}

export function ctestLaunch(root: string, folder: Folder, settings: Settings, args: readonly string[]): Launch {
  const { program = 'ctest', args: own, env } = settings.ctest;
  const file = /[\\/]/.test(program) ? resolve(folder.path, program) : program;
  return { file, args: [...own, ...args], cwd: root, env };
}

export async function listAt(
  root: string,
  { folder, settings, tool }: DetectionContext,
): Promise<readonly CtestTest[] | Problem> {
  const { stdout, stderr, failure } = await tool.run(ctestLaunch(root, folder, settings, ['--show-only=json-v1']));
  const problem = (what: string): Problem => ({
    severity: 'error',
    file: join(root, testfile),
    message: [`The tests in ${root} cannot be listed; ctest ${what}.`, firstLines(stderr)].join('\n').trim(),
    fix: 'Install ctest 3.14 or later, name it in "frameworks.ctest.ctest", or set "frameworks.ctest" to false.',
  });
  if (failure !== null) return problem(failure);
  try {
    return listedTests(stdout, root);
  } catch {
    return problem('did not print a list');
  }
}

async function projectAt(root: string, context: DetectionContext): Promise<Project | Problem> {
  const { folder } = context;
  const listed = await listAt(root, context);
  if ('severity' in listed) return listed;
  const below = relative(folder.path, root).replaceAll('\\', '/');
  return {
    id: `ctest:${folder.name}:${below || '.'}`,
    framework: 'ctest',
    folder,
    root,
    label: below ? `ctest · ${below}` : 'ctest',
    files: [...new Set(listed.map(({ file }) => file))].sort(),
    watch: [`**/${testfile}`, ...(await listfilesOf(root))],
  };
}

/** In the sources of what is built here, which cmake itself has noted. */
async function listfilesOf(root: string): Promise<string[]> {
  // Without it nothing was built here by cmake, and there are no sources to look at.
  const cache = await readFile(join(root, 'CMakeCache.txt'), 'utf8').catch(() => '');
  const [, source] = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.+)$/m.exec(cache) ?? [];
  const place = source && relative(root, source).replaceAll('\\', '/');
  return place === undefined || isAbsolute(place) ? [] : [[place, '**/CMakeLists.txt'].filter(Boolean).join('/')];
}
