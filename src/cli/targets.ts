import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { oneLine } from '../reports/excerpt.ts';
import type { Problem, ProjectSelection, Selection } from '../protocol/messages.ts';
import type { Project } from '../protocol/tests.ts';

/** A path of the command line that exists inside the workspace folder. */
export interface Target {
  /** As it was written. */
  readonly written: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/** `folder` is free of symbolic links; the paths are relative to `cwd`. */
export async function findTargets(
  paths: readonly string[],
  folder: string,
  cwd: string,
): Promise<{ readonly targets: readonly Target[]; readonly problems: readonly Problem[] }> {
  const found = await Promise.all(paths.map(written => findTarget(written, folder, cwd)));
  return {
    targets: found.filter(each => 'path' in each),
    problems: found.filter(each => 'message' in each),
  };
}

async function findTarget(written: string, folder: string, cwd: string): Promise<Target | Problem> {
  const absolute = resolve(cwd, written);
  try {
    const isFolder = (await stat(absolute)).isDirectory();
    // A link inside the folder is named as it stands there; a link to the folder from elsewhere leads into it.
    const path = [absolute, await realpath(absolute)].find(each => contains(folder, each));
    if (path !== undefined) return { written, path, isFolder };
    return outside(written, folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!contains(folder, absolute)) return outside(written, folder);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return wrong(written, 'does not exist', 'Check the path: it is relative to the current folder.');
    }
    return wrong(written, `cannot be read: ${message}`, 'Check the path and its permissions.');
  }
}

/** The files of the projects that the targets name; a target that names none is a problem. */
export function selectTargets(
  targets: readonly Target[],
  projects: readonly Project[],
): { readonly selection: Selection; readonly problems: readonly Problem[] } {
  if (targets.length === 0) return { selection: { kind: 'all' }, problems: [] };
  const problems = targets
    .filter(target => !projects.some(project => project.files.some(file => matches(target, file))))
    .map(({ written, isFolder }) =>
      wrong(
        written,
        isFolder ? 'holds no test file of any project' : 'is not a test file of any project',
        'Run "bulkhead list" to see the test files.',
      ),
    );
  const selected = projects.map((project): ProjectSelection => {
    const files = project.files.filter(file => targets.some(target => matches(target, file)));
    return { project: project.id, files: files.map(file => ({ file })) };
  });
  return { selection: { kind: 'some', projects: selected.filter(({ files }) => files?.length) }, problems };
}

function matches({ path, isFolder }: Target, file: string): boolean {
  return isFolder ? contains(path, file) : path === file;
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

function outside(written: string, folder: string): Problem {
  return wrong(written, `is outside the workspace folder ${folder}`, 'Name another folder with --folder.');
}

function wrong(written: string, what: string, fix: string): Problem {
  return { severity: 'error', message: `${oneLine(written)} ${what}`, fix };
}
