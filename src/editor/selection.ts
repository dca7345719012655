import type { FileSelection, ProjectSelection, Selection } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';

/** What an item of the tree stands for. */
export type Scope =
  | { readonly kind: 'group' }
  | { readonly kind: 'project'; readonly project: string }
  | { readonly kind: 'file'; readonly project: string; readonly file: string }
  | { readonly kind: 'suite'; readonly project: string; readonly file: string }
  | { readonly kind: 'test'; readonly project: string; readonly file: string; readonly key: TestKey };

/** The tree as the selection sees it: whatever the items are. */
export interface Outline<T> {
  roots(): Iterable<T>;
  children(item: T): Iterable<T>;
  parent(item: T): T | undefined;
  scope(item: T): Scope;
}

/** A file wholly selected is `true`, a project wholly selected is `true`: nothing is expanded that need not be. */
type Files = Map<string, true | Set<TestKey>>;
type Projects = Map<string, true | Files>;

/** What a request of the editor asks to run: `include` (absent: everything) without `exclude`. */
export function selectionOf<T>(
  include: readonly T[] | undefined,
  exclude: readonly T[],
  outline: Outline<T>,
): Selection {
  if (!include && exclude.length === 0) return { kind: 'all' };
  const excluded = new Set(exclude);
  const partial = new Set(exclude.flatMap(item => ancestors(item, outline)));
  const projects: Projects = new Map();
  const add = (item: T): void => {
    if (excluded.has(item)) return;
    const scope = outline.scope(item);
    const whole = !partial.has(item);
    switch (scope.kind) {
      case 'project':
        if (whole) {
          projects.set(scope.project, true);
          return;
        }
        break;
      case 'file':
        if (whole) {
          filesOf(projects, scope.project)?.set(scope.file, true);
          return;
        }
        break;
      case 'test':
        addTest(projects, scope);
        return;
      case 'group':
      case 'suite':
    }
    for (const child of outline.children(item)) add(child);
  };
  for (const item of include ?? outline.roots()) {
    if (!ancestors(item, outline).some(ancestor => excluded.has(ancestor))) add(item);
  }
  return { kind: 'some', projects: [...projects].map(projectSelection) };
}

function ancestors<T>(item: T, outline: Outline<T>): T[] {
  const found: T[] = [];
  for (let up = outline.parent(item); up !== undefined; up = outline.parent(up)) found.push(up);
  return found;
}

/** Undefined: the whole project is selected already. */
function filesOf(projects: Projects, project: string): Files | undefined {
  const existing = projects.get(project);
  if (existing === true) return undefined;
  const files: Files = existing ?? new Map<string, true | Set<TestKey>>();
  projects.set(project, files);
  return files;
}

function addTest(projects: Projects, { project, file, key }: Extract<Scope, { kind: 'test' }>): void {
  const files = filesOf(projects, project);
  const tests = files?.get(file);
  if (!files || tests === true) return;
  files.set(file, (tests ?? new Set()).add(key));
}

function projectSelection([project, files]: [string, true | Files]): ProjectSelection {
  if (files === true) return { project };
  return {
    project,
    files: [...files].map(([file, tests]): FileSelection => (tests === true ? { file } : { file, tests: [...tests] })),
  };
}
