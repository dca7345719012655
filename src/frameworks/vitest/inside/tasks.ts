// What is used of the tasks of vitest's runner, in any version from 3 on.

export interface TestError {
  readonly message?: string;
}

interface Result {
  readonly state: string;
  readonly errors?: readonly TestError[];
  readonly duration?: number;
  readonly retryCount?: number;
  readonly note?: string;
}

interface Common {
  readonly name: string;
  mode: string;
  readonly suite?: SuiteTask;
  readonly result?: Result;
}

export interface SuiteTask extends Common {
  readonly type: 'suite';
  readonly tasks: readonly Task[];
  /** The file itself is a suite too. */
  readonly filepath?: string;
}

export interface TestTask extends Common {
  readonly type: 'test' | 'custom';
  readonly fails?: boolean;
  /** From 4.1 on. */
  readonly tags?: readonly string[];
  readonly location?: { readonly line: number; readonly column: number };
}

export type Task = SuiteTask | TestTask;

export interface TestRef {
  readonly path: readonly string[];
  readonly ordinal: number;
}

const { stringify } = JSON;

export function refKey({ path, ordinal }: TestRef): string {
  return stringify([path, ordinal]);
}

/** The tests of a file by title path and ordinal, in the order in which they were written. */
export function numbered(file: SuiteTask): Map<TestTask, TestRef> {
  const refs = new Map<TestTask, TestRef>();
  const counts = new Map<string, number>();
  const visit = (suite: SuiteTask, above: readonly string[]): void => {
    for (const task of suite.tasks) {
      const path = [...above, task.name];
      if (task.type === 'suite') visit(task, path);
      else {
        const key = stringify(path);
        const ordinal = counts.get(key) ?? 0;
        counts.set(key, ordinal + 1);
        refs.set(task, { path, ordinal });
      }
    }
  };
  visit(file, []);
  return refs;
}

export function willRun({ mode }: Task): boolean {
  return mode === 'run' || mode === 'queued';
}

/** Leaves only these tests to be run; the hooks of a suite that has none of them do not run, as with vitest's own filters. */
export function restrict(suite: SuiteTask, wanted: ReadonlySet<TestTask>): void {
  for (const task of suite.tasks) {
    if (task.type === 'suite') restrict(task, wanted);
    else if (!wanted.has(task)) task.mode = 'skip';
  }
  if (!suite.tasks.some(willRun)) suite.mode = 'skip';
}

export function isWithin(test: TestTask, suite: SuiteTask): boolean {
  let each = test.suite;
  while (each && each !== suite) each = each.suite;
  return each === suite;
}

/** Where none of its tests did, what failed came before them. */
export function hasRun(suite: SuiteTask): boolean {
  return suite.tasks.some(task =>
    task.type === 'suite' ? hasRun(task) : /^(pass|fail)$/.test(task.result?.state ?? ''),
  );
}

export function titleOf(suite: SuiteTask): string {
  const titles: string[] = [];
  for (let each: SuiteTask | undefined = suite; each && each.filepath === undefined; each = each.suite) {
    titles.unshift(each.name.length > 200 ? `${each.name.slice(0, 199)}…` : each.name);
  }
  return titles.length > 0 ? `the suite "${titles.join(' › ')}"` : 'the file';
}
