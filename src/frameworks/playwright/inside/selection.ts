import type { Order } from '../../../protocol/events.ts';
import type { SuiteNode, TestNode } from './user-playwright.ts';
import type { Charge, RunGroup } from './wire.ts';

export interface TestRef {
  readonly path: readonly string[];
  readonly ordinal: number;
}

const { stringify } = JSON;

export function refKey({ path, ordinal }: TestRef): string {
  return stringify([path, ordinal]);
}

/** The tests of one file in one project, by title path and ordinal, in the order in which they were written. */
export function numbered(root: SuiteNode, project: string, file: string): Map<TestNode, TestRef> {
  const refs = new Map<TestNode, TestRef>();
  const counts = new Map<string, number>();
  const own = root.suites.find(suite => (suite.project()?.name ?? '') === project);
  for (const suite of own?.suites ?? []) {
    if (suite.location?.file !== file) continue;
    for (const test of suite.allTests()) {
      // Before it stand an empty title, the project and the file.
      const path = test.titlePath().slice(3);
      const key = stringify(path);
      const ordinal = counts.get(key) ?? 0;
      counts.set(key, ordinal + 1);
      refs.set(test, { path, ordinal });
    }
  }
  return refs;
}

/** What of a file is run: the tests of the order, and those that they cannot do without. */
export class Selection {
  readonly #refs: ReadonlyMap<string, TestRef>;
  readonly #tests: ReadonlyMap<string, TestNode>;
  readonly #needed: ReadonlySet<string>;
  readonly #all: ReadonlySet<string>;
  /** Tests of the order that playwright has left out. */
  readonly missing: readonly TestRef[];
  /** Some test of the file is marked as the only one. */
  readonly exclusive: boolean;

  constructor(refs: ReadonlyMap<TestNode, TestRef>, { tests }: Order) {
    const wanted = tests && new Set(tests.map(refKey));
    const chosen = [...refs].filter(([, ref]) => !wanted || wanted.has(refKey(ref)));
    const present = new Set(chosen.map(([, ref]) => refKey(ref)));
    this.missing = (tests ?? []).filter(ref => !present.has(refKey(ref)));
    this.#refs = new Map(chosen.map(([test, ref]) => [test.id, ref]));
    this.#tests = new Map(chosen.map(([test]) => [test.id, test]));
    this.#all = new Set([...refs.keys()].map(({ id }) => id));
    this.#needed = new Set(chosen.flatMap(([test]) => [...before(test), test].map(({ id }) => id)));
    this.exclusive = [...refs.keys()].some(test => isOnly(test));
  }

  get tests(): Iterable<[TestNode, TestRef]> {
    return [...this.#tests].map(([id, test]) => [test, this.#refs.get(id)!]);
  }

  refOf({ id }: TestNode): TestRef | undefined {
    return this.#refs.get(id);
  }

  /** Tests of other projects, on which this one depends, are run as they are. */
  of({ entries }: RunGroup): { readonly run: RunGroup['entries']; readonly charges: readonly Charge[] } {
    const run = entries.filter(({ testId }) => !this.#all.has(testId) || this.#needed.has(testId));
    const charges = run.flatMap(({ testId, retry }) => {
      const ref = this.#refs.get(testId);
      const test = this.#tests.get(testId);
      return ref && test ? [{ id: testId, ...ref, retry, retries: test.retries }] : [];
    });
    return { run, charges };
  }
}

/** The tests of a serial suite build on each other: what stands before one belongs to it. */
function before(test: TestNode): TestNode[] {
  let outermost: SuiteNode | undefined;
  for (let suite: SuiteNode | undefined = test.parent; suite; suite = suite.parent) {
    if (suite._parallelMode === 'serial') outermost = suite;
  }
  const tests = outermost?.allTests() ?? [];
  return tests.slice(0, Math.max(0, tests.indexOf(test)));
}

function isOnly(test: TestNode): boolean {
  if (test._only) return true;
  for (let suite: SuiteNode | undefined = test.parent; suite; suite = suite.parent) if (suite._only) return true;
  return false;
}
