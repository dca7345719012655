// What is used of jest-circus, in any version from 29 on.

export type CircusError = unknown;

export interface Block {
  readonly type: 'describeBlock';
  readonly name: string;
  readonly parent?: Block;
  readonly children: readonly (Block | CircusTest)[];
}

export interface CircusTest {
  readonly type: 'test';
  readonly name: string;
  readonly parent: Block;
  mode?: 'skip' | 'only' | 'todo' | null;
  fn?: (...args: unknown[]) => unknown;
  readonly errors: CircusError[];
  readonly asyncError: unknown;
  readonly failing?: boolean;
  timeout?: number;
  readonly invocations: number;
  readonly duration?: number | null;
}

export interface State {
  readonly rootDescribeBlock: Block;
  readonly currentlyRunningTest?: CircusTest | null;
  readonly unhandledErrors: CircusError[];
  testTimeout: number;
}

export type CircusEvent =
  | { readonly name: 'run_start' | 'run_finish' }
  | { readonly name: 'test_start' | 'test_skip' | 'test_todo' | 'test_done'; readonly test: CircusTest }
  | { readonly name: 'test_fn_start' | 'test_fn_success' | 'test_fn_failure'; readonly test: CircusTest }
  | { readonly name: 'hook_failure'; readonly test?: CircusTest | null }
  | { readonly name: 'hook_start'; readonly hook: { timeout?: number } }
  | { readonly name: 'error'; readonly error: unknown }
  | { readonly name: 'other' };

export interface Environment {
  /** Null when jest has removed it. */
  global: { readonly process?: { readonly env: NodeJS.ProcessEnv } } | null;
  handleTestEvent?: (event: CircusEvent, state: State) => unknown;
}

export interface TestRef {
  readonly path: readonly string[];
  readonly ordinal: number;
}

const { stringify } = JSON;

export function refKey({ path, ordinal }: TestRef): string {
  return stringify([path, ordinal]);
}

/** The tests of a file by title path and ordinal, in the order in which they were written. */
export function numbered(root: Block): Map<CircusTest, TestRef> {
  const refs = new Map<CircusTest, TestRef>();
  const counts = new Map<string, number>();
  const visit = (block: Block, above: readonly string[]): void => {
    for (const child of block.children) {
      const path = [...above, child.name];
      if (child.type === 'describeBlock') visit(child, path);
      else {
        const key = stringify(path);
        const ordinal = counts.get(key) ?? 0;
        counts.set(key, ordinal + 1);
        refs.set(child, { path, ordinal });
      }
    }
  };
  visit(root, []);
  return refs;
}

/** The longest that a timer of Node can be set for; 0 would be no limit of its own. */
const foreverMs = 2 ** 31 - 1;

/** Not even what a test or a hook sets for itself counts. */
export function withoutTimeouts(event: CircusEvent, state: State): void {
  state.testTimeout = foreverMs;
  if (event.name === 'test_start') event.test.timeout = foreverMs;
  if (event.name === 'hook_start') event.hook.timeout = foreverMs;
}

/** Of the pair of what was thrown and where the test was written, the first that says something. */
export function thrownOf(error: CircusError): unknown {
  return Array.isArray(error) ? ((error[0] as unknown) ?? (error[1] as unknown)) : error;
}
