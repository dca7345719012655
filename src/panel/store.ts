import type { TestKey } from '../protocol/tests.ts';
import { isFailure } from '../protocol/verdict.ts';
import { categoriesOf, type Category, type Filter, filters, matcher, noFilter } from './filter.ts';
import type { PanelRecord } from './messages.ts';
import { bySeverity, defaultSort, merge, type Order, orderBy, type Sort } from './order.ts';

/** The rows of one run and what of them is shown, in which order. */
export class RecordStore {
  readonly #records = new Map<TestKey, PanelRecord>();
  readonly #counts = new Map<Category, number>();
  #fresh: PanelRecord[] = [];
  #sorted: PanelRecord[] = [];
  #shown: PanelRecord[] = [];
  #sort = defaultSort;
  #filter = noFilter;
  #order: Order = orderBy(defaultSort);
  #matches = matcher(noFilter);

  /** Only counts; the order is made when it is asked for, however many batches came in between. */
  add(batch: readonly PanelRecord[]): void {
    const replaced = new Set<PanelRecord>();
    for (const record of batch) {
      const before = this.#records.get(record.key);
      if (before) replaced.add(before);
      this.#records.set(record.key, record);
      this.#fresh.push(record);
      this.#count(record, 1);
    }
    if (replaced.size > 0) this.#forget(replaced);
  }

  get size(): number {
    return this.#records.size;
  }

  get failed(): number {
    let failed = 0;
    for (const kind of bySeverity) if (isFailure(kind)) failed += this.count(kind);
    return failed;
  }

  count(category: Category): number {
    return this.#counts.get(category) ?? 0;
  }

  get(key: TestKey): PanelRecord | undefined {
    return this.#records.get(key);
  }

  get sort(): Sort {
    return this.#sort;
  }

  get filter(): Filter {
    return this.#filter;
  }

  get filtered(): boolean {
    return filters(this.#filter);
  }

  get shown(): readonly PanelRecord[] {
    this.#settle();
    return this.#shown;
  }

  sortBy(sort: Sort): void {
    this.#settle();
    this.#sort = sort;
    this.#order = orderBy(sort);
    this.#sorted.sort(this.#order);
    this.#narrow();
  }

  filterBy(filter: Filter): void {
    this.#settle();
    this.#filter = filter;
    this.#matches = matcher(filter);
    this.#narrow();
  }

  failures(): TestKey[] {
    return [...this.#records.values()].filter(record => isFailure(record.kind)).map(record => record.key);
  }

  #settle(): void {
    if (this.#fresh.length === 0) return;
    const fresh = this.#fresh.sort(this.#order);
    this.#fresh = [];
    this.#sorted = merge(this.#sorted, fresh, this.#order);
    if (this.filtered) this.#shown = merge(this.#shown, fresh.filter(this.#matches), this.#order);
    else this.#shown = this.#sorted;
  }

  #narrow(): void {
    this.#shown = this.filtered ? this.#sorted.filter(this.#matches) : this.#sorted;
  }

  #forget(replaced: ReadonlySet<PanelRecord>): void {
    const stays = (record: PanelRecord) => !replaced.has(record);
    for (const record of replaced) this.#count(record, -1);
    this.#fresh = this.#fresh.filter(stays);
    this.#sorted = this.#sorted.filter(stays);
    this.#narrow();
  }

  #count(record: PanelRecord, by: 1 | -1): void {
    for (const category of categoriesOf(record)) this.#counts.set(category, this.count(category) + by);
  }
}
