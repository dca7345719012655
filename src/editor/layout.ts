import { createHash, type Hash } from 'node:crypto';
import { basename, isAbsolute, relative, sep } from 'node:path';
import type { Project, TestInfo } from '../protocol/tests.ts';
import { oneLine } from '../reports/excerpt.ts';
import type { Scope } from './selection.ts';

/** An item of the tree as it should be. */
export interface Branch {
  /** Unique among its siblings, and the same each time the tree is laid out. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** A file or folder of this machine. */
  readonly path?: string;
  /** One-based. */
  readonly line?: number;
  readonly column?: number;
  readonly sortText?: string;
  readonly scope: Scope;
  /** Absent: as what is above it. */
  readonly debugs?: boolean;
  /** Absent: resolved when it is opened. */
  readonly children?: readonly Branch[];
}

/** Workspace folders where there are several, projects where a folder has several, then directories and files. */
export function layoutProjects(projects: readonly Project[], multiRoot: boolean): Branch[] {
  if (!multiRoot) return projectsOfFolder(projects);
  const byFolder = new Map<string, Project[]>();
  for (const project of projects) {
    byFolder.set(project.folder.path, [...(byFolder.get(project.folder.path) ?? []), project]);
  }
  return [...byFolder].map(([path, own]) => ({
    id: `folder:${path}`,
    label: own[0]?.folder.name ?? basename(path),
    path,
    scope: { kind: 'group' },
    debugs: own.some(project => project.debugs),
    children: projectsOfFolder(own),
  }));
}

function projectsOfFolder(projects: readonly Project[]): Branch[] {
  const [only, ...others] = projects;
  if (only && others.length === 0) return directories(only, only.folder.path);
  return projects.map(project => ({
    id: `project:${project.id}`,
    label: project.label,
    path: project.root,
    scope: { kind: 'project', project: project.id },
    debugs: project.debugs === true,
    children: directories(project, project.root),
  }));
}

interface Directory {
  readonly directories: Map<string, Directory>;
  readonly files: string[];
}

function directories(project: Project, root: string): Branch[] {
  const top: Directory = { directories: new Map(), files: [] };
  for (const file of project.files) {
    let directory = top;
    for (const name of pathBetween(root, file)) {
      let next = directory.directories.get(name);
      if (!next) directory.directories.set(name, (next = { directories: new Map(), files: [] }));
      directory = next;
    }
    directory.files.push(file);
  }
  return branchesOf(top, project, root);
}

/** The directories from the root to the file; none when the file lies elsewhere, which is then shown at the top. */
function pathBetween(root: string, file: string): string[] {
  const path = relative(root, file);
  return path.startsWith('..') || isAbsolute(path) ? [] : path.split(sep).slice(0, -1);
}

function branchesOf({ directories, files }: Directory, project: Project, path: string): Branch[] {
  return [
    ...[...directories].map(([name, directory]): Branch => {
      const own = `${path}${sep}${name}`;
      return {
        id: `directory:${name}`,
        label: name,
        path: own,
        sortText: `0${name}`,
        scope: { kind: 'group' },
        debugs: project.debugs === true,
        children: branchesOf(directory, project, own),
      };
    }),
    ...files.map(file => fileBranch(project, file)),
  ];
}

function fileBranch(project: Project, file: string): Branch {
  const label = basename(file);
  // Two files of one name can be siblings only where they lie outside the project.
  const outside = pathBetween(project.root, file).length === 0 && !file.startsWith(project.root);
  return {
    id: `file:${outside ? file : label}`,
    label,
    path: file,
    sortText: `1${label}`,
    scope: { kind: 'file', project: project.id, file },
    debugs: project.debugs === true,
  };
}

/** The suites and tests of a file. A test without a title of its own is the file itself, and has no item below it. */
export function layoutTests(project: string, tests: readonly TestInfo[]): Branch[] {
  const top: Grown[] = [];
  const levels: Levels = { suites: new Map(), tests: new Map() };
  tests.forEach((test, index) => {
    if (test.titlePath.length === 0) return;
    const branch = testBranch(project, test, index);
    siblings(top, levels, project, test).push(branch);
    const own = suiteId(test.titlePath);
    if (!levels.tests.has(own)) levels.tests.set(own, branch.children);
  });
  return top;
}

interface Grown extends Branch {
  readonly children: Grown[];
}

/** What stands below a title path. A suite and a test may have the same one. */
interface Levels {
  readonly suites: Map<string, Grown[]>;
  readonly tests: Map<string, Grown[]>;
}

/** What is found while a test runs is a part of that test; what is listed stands in suites alone. */
function siblings(top: Grown[], { suites, tests }: Levels, project: string, test: TestInfo): Grown[] {
  let level = top;
  for (const { id, title } of suitesOf(test)) {
    let inside = (test.dynamic && tests.get(id)) ?? suites.get(id);
    if (!inside) {
      inside = [];
      suites.set(id, inside);
      level.push(suiteBranch(project, test, id, title, placeText(level.length), inside));
    }
    level = inside;
  }
  return level;
}

/** Titles may be a megabyte long and hold any character, so what tells a suite from others is a digest of all titles down to it. */
export function suitesOf(test: TestInfo): { readonly id: string; readonly title: string }[] {
  const digest = createHash('sha256');
  return test.titlePath.slice(0, -1).map(title => ({ id: grownId(digest, title), title }));
}

function suiteId(titlePath: readonly string[]): string {
  const digest = createHash('sha256');
  return titlePath.map(title => grownId(digest, title)).at(-1)!;
}

function grownId(digest: Hash, title: string): string {
  digest.update(JSON.stringify(title));
  return readableId(title, digest.copy().digest('base64url').slice(0, 22));
}

export function suiteBranch(
  project: string,
  test: TestInfo,
  id: string,
  title: string,
  sortText: string,
  children: Grown[] = [],
): Grown {
  return {
    id,
    label: labelOf(title),
    path: test.file,
    sortText,
    scope: { kind: 'suite', project, file: test.file },
    children,
  };
}

export function testBranch(project: string, test: TestInfo, index: number): Grown {
  return {
    id: readableId(test.titlePath.at(-1) ?? '', test.key),
    label: labelOf(test.titlePath.at(-1) ?? ''),
    path: test.file,
    ...(test.line === undefined ? {} : { line: test.line }),
    ...(test.column === undefined ? {} : { column: test.column }),
    sortText: placeText(index),
    scope: { kind: 'test', project, file: test.file, key: test.key },
    children: [],
  };
}

/** Sorts as a text in the order of the file. */
export function placeText(index: number): string {
  return String(index).padStart(6, '0');
}

/** VS Code's own tool for agents names tests by their ids, and by nothing else. */
function readableId(title: string, key: string): string {
  return `${oneLine(title, 60)} #${key}`;
}

function labelOf(title: string): string {
  return oneLine(title) || '(no title)';
}
