import type { LimitSettings } from '../config/settings.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { Attempt } from './run-parts.ts';

type Settings = Required<LimitSettings>;
type Begin = (test: TestInfo, settings: Settings, again: ReadonlySet<TestKey>) => Promise<Pick<Attempt, 'records'>>;

/** Tests that are run again. What another test finds can be run through that one only, so that both share their attempts. */
export class Repeats {
  readonly #begin: Begin;
  readonly #records: readonly TestRecord[];
  readonly #known: ReadonlySet<TestKey>;
  readonly #shared = new Map<string, Promise<Pick<Attempt, 'records'>>>();
  readonly #found = new Map<TestKey, TestRecord>();

  constructor(records: readonly TestRecord[], begin: Begin) {
    this.#records = records;
    this.#begin = begin;
    this.#known = new Set(records.map(({ test }) => test.key));
  }

  /** What no attempt had found before: the last word on each. */
  get found(): readonly TestRecord[] {
    return [...this.#found.values()];
  }

  /** One test's attempts, the first first; null: this time it was not there. */
  turnsOf(test: TestInfo): (settings: Settings) => Promise<TestRecord | null> {
    let time = 0;
    return settings => this.#attempt(test, ++time, settings);
  }

  async #attempt(test: TestInfo, time: number, settings: Settings): Promise<TestRecord | null> {
    const finder = this.#finderOf(test);
    const name = `${finder.key} ${time} ${settings.weight}`;
    let attempt = this.#shared.get(name);
    if (!attempt)
      this.#shared.set(
        name,
        (attempt = this.#begin(finder, settings, new Set([...this.#known, ...this.#found.keys()]))),
      );
    const { records } = await attempt;
    for (const record of records) if (!this.#known.has(record.test.key)) this.#found.set(record.test.key, record);
    return records.find(record => record.test.key === test.key) ?? null;
  }

  /** The listed test that it is a part of; one that was chosen by itself is run as it was. */
  #finderOf(test: TestInfo): TestInfo {
    if (!test.dynamic) return test;
    const isAbove = ({ titlePath }: TestInfo) =>
      titlePath.length < test.titlePath.length && titlePath.every((title, depth) => title === test.titlePath[depth]);
    return this.#records.find(({ test: other }) => !other.dynamic && isAbove(other))?.test ?? test;
  }
}
