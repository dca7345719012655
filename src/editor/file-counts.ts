import { grouped } from '../reports/excerpt.ts';
import type { Outcome } from './outcome.ts';
import { t } from './texts.ts';

/** In the whole tree: an item costs the extension host 6 kB and the window 1 kB, for as long as the window lives. */
export const mostItems = 10_000;
/** Where hardly any of the tests could have one, so that it matters little which. */
const mostItemsOfLarge = 5_000;
const largeTree = 1_000;
/** A file of more tests than this shows how many there are, and which did not pass. */
export const mostOfFile = 5_000;
/** Of the tests that did not pass, so many a run get an item where their file lists none. */
const mostFaults = 2_000;

/** How many tests and files have an item. */
export interface TreeSize {
  readonly tests: number;
  readonly files: number;
}

/** How the tests of one file went in one run. */
export interface FileCount {
  readonly planned: number;
  readonly ended: number;
  /** Without an item of their own. */
  readonly unlisted: number;
  /** Of these, so many did not pass. */
  readonly hidden: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

type Counting = { -readonly [K in keyof FileCount]: FileCount[K] } & {
  collapsed: boolean;
  /** How many had ended when it was told of: a change of a row is what costs the window most. */
  told: number;
  outcomes: Partial<Record<Outcome, number>>;
};

/** Which files of a run list their tests, and what became of the tests of the others. */
export class FileCounts<Item> {
  readonly #files = new Map<Item, Counting>();
  readonly #mostItems: number;
  #items: number;
  #faults = 0;

  /** In a tree of that size before the run. */
  constructor({ tests, files }: TreeSize) {
    this.#items = tests;
    this.#mostItems = files > largeTree ? mostItemsOfLarge : mostItems;
  }

  /** Some tests of a file that the run has planned, of which so many have no item yet. */
  plan(file: Item, tests: number, fresh: number): void {
    const count = this.#of(file);
    count.planned += tests;
    if (fresh > 0 && (count.planned > mostOfFile || this.#items + fresh > this.#mostItems)) count.collapsed = true;
    if (!count.collapsed) this.#items += fresh;
  }

  lists(file: Item): boolean {
    return !this.#of(file).collapsed;
  }

  /** One of its tests gets no item; true of the first one. */
  leaveOut(file: Item): boolean {
    return ++this.#of(file).unlisted === 1;
  }

  /** What did not pass is to be seen, as far as anybody would read it. */
  affordsFault(): boolean {
    return ++this.#faults <= mostFaults;
  }

  /** True the first time that it was the last one of a file of which not all are listed. */
  end(file: Item, outcome: Outcome, isShown: boolean): boolean {
    const count = this.#of(file);
    count.ended++;
    count.outcomes[outcome] = (count.outcomes[outcome] ?? 0) + 1;
    if (!isShown && (outcome === 'failed' || outcome === 'errored')) count.hidden++;
    if (count.unlisted === 0 || count.ended < count.planned || count.told > 0) return false;
    count.told = count.ended;
    return true;
  }

  count(file: Item): FileCount {
    return this.#of(file);
  }

  /** Files of which not all tests are listed, and of which something is still to be told. */
  untold(): Item[] {
    const files = [...this.#files].filter(([, { unlisted, ended, told }]) => unlisted > 0 && told < ended);
    return files.map(([file]) => file);
  }

  /** How many tests have no item. */
  get unlisted(): number {
    return [...this.#files.values()].reduce((sum, { unlisted }) => sum + unlisted, 0);
  }

  #of(file: Item): Counting {
    let count = this.#files.get(file);
    if (!count) {
      count = { planned: 0, ended: 0, unlisted: 0, hidden: 0, outcomes: {}, collapsed: false, told: 0 };
      this.#files.set(file, count);
    }
    return count;
  }
}

/** What stands behind the label of a file that does not list its tests. */
export function countText({ planned, outcomes }: FileCount): string {
  const { passed = 0, failed = 0, errored = 0, skipped = 0 } = outcomes;
  const parts = [
    ...(failed > 0 ? [t('{0} failed', grouped(failed))] : []),
    ...(errored > 0 ? [t('{0} with an error', grouped(errored))] : []),
    ...(passed > 0 ? [t('{0} passed', grouped(passed))] : []),
    ...(skipped > 0 ? [t('{0} skipped', grouped(skipped))] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return planned === 1 ? t('1 test') : t('{0} tests', grouped(planned));
}

/** Of a file with tests that failed and are not listed. */
export function hiddenText({ hidden }: FileCount): string {
  const tests =
    hidden === 1
      ? t('1 test of this file that is not listed here did not pass.')
      : t('{0} tests of this file that are not listed here did not pass.', grouped(hidden));
  const where = t('The run report has them all, with their reasons: "Bulkhead: Show Run Report".');
  return `${tests}\n${where}`;
}
