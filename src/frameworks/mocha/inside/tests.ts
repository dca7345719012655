import type { Suite, Test } from './user-mocha.ts';

export interface TestRef {
  readonly path: readonly string[];
  readonly ordinal: number;
}

const { stringify } = JSON;

/** Each test below the suite, in the order in which mocha runs them. */
export function* testsBelow(suite: Suite): Generator<Test> {
  yield* suite.tests;
  for (const child of suite.suites) yield* testsBelow(child);
}

/** From the test's own suite outwards. */
export function* suitesAbove(runnable: { readonly parent?: Suite }): Generator<Suite> {
  for (let suite = runnable.parent; suite; suite = suite.parent) yield suite;
}

export function pathOf(test: Test): string[] {
  const titles = [test.title];
  for (const suite of suitesAbove(test)) if (!suite.root) titles.unshift(suite.title);
  return titles;
}

export function refKey({ path, ordinal }: TestRef): string {
  return stringify([path, ordinal]);
}

/**
 * Names the tests of one file by title path and ordinal. Tests with the same title path have the same depth, so the order in which
 * mocha runs them is the order in which they were written.
 */
export class Numbering {
  readonly #file: string;
  readonly #refs = new Map<Test, TestRef>();
  readonly #counts = new Map<string, number>();

  constructor(root: Suite, file: string) {
    this.#file = file;
    for (const test of testsBelow(root)) if (this.#isOurs(test)) this.refOf(test);
  }

  /** The tests of the file. Files that the configuration loads before it may define tests too; those are not its own. */
  get refs(): ReadonlyMap<Test, TestRef> {
    return this.#refs;
  }

  /** A test that was defined while others ran is numbered when it is first met. */
  refOf(test: Test): TestRef {
    const known = this.#refs.get(test);
    if (known) return known;
    const path = pathOf(test);
    const key = stringify(path);
    const ordinal = this.#counts.get(key) ?? 0;
    this.#counts.set(key, ordinal + 1);
    const ref = { path, ordinal };
    this.#refs.set(test, ref);
    return ref;
  }

  #isOurs(test: Test): boolean {
    let file = test.file;
    for (const suite of suitesAbove(test)) file ??= suite.file;
    return file === undefined || file === this.#file;
  }
}

/** Leaves only these tests below the suite, whatever is marked; mocha then runs no hook of a suite that has none. */
export function prune(suite: Suite, kept: ReadonlySet<Test>): void {
  for (const child of suite.suites) prune(child, kept);
  suite.tests = suite.tests.filter(test => kept.has(test));
  suite._onlyTests = [];
  suite._onlySuites = [];
}

export function isExcludedByGrep(test: Test, { grep, invert }: { grep?: RegExp; invert?: boolean }): boolean {
  return grep !== undefined && grep.test(test.fullTitle()) === (invert ?? false);
}
