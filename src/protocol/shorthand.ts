import type { Notice } from './messages.ts';
import type { TestRecord } from './verdict.ts';

/** What most records of a run say alike: two thirds of a record that has nothing to tell. */
const parts = ['limits', 'why'] as const;
/** What differs from record to record is not worth a number. */
const mostKnown = 200;

type RecordNotice = Extract<Notice, { notice: 'record' }>;
type Part = (typeof parts)[number];
type Known = Partial<Record<Part, number>>;

/** A record without what was said before, which has a number; `new`: it is in the record, and has this number from now on. */
export interface ShortNotice extends Omit<RecordNotice, 'record'> {
  readonly record: Omit<TestRecord, Part> & Partial<TestRecord>;
  readonly known: Known;
  readonly new: Known;
}

/** The sender's side of one connection. */
export class Shorthand {
  readonly #known = new Map<string, number>();

  shorten(notice: Notice): Notice | ShortNotice {
    if (notice.notice !== 'record') return notice;
    const record: Partial<Record<keyof TestRecord, unknown>> = { ...notice.record };
    const [known, fresh]: [Known, Known] = [{}, {}];
    for (const part of parts) {
      const text = JSON.stringify(record[part]);
      const number = this.#known.get(text);
      if (number !== undefined) {
        known[part] = number;
        // As good as gone: JSON leaves it out.
        record[part] = undefined;
      } else if (this.#known.size < mostKnown) {
        fresh[part] = this.#known.size;
        this.#known.set(text, this.#known.size);
      }
    }
    return { ...notice, record: record as ShortNotice['record'], known, new: fresh };
  }
}

/** The receiver's side. */
export class Longhand {
  readonly #known = new Map<number, unknown>();

  restore(notice: Notice | ShortNotice): Notice {
    if (!('known' in notice)) return notice;
    const { known, new: fresh, ...rest } = notice;
    const record: Partial<Record<keyof TestRecord, unknown>> = { ...rest.record };
    for (const part of parts) {
      const [before, now] = [known[part], fresh[part]];
      if (before !== undefined) record[part] = this.#known.get(before);
      if (now !== undefined) this.#known.set(now, record[part]);
    }
    return { ...rest, record: record as TestRecord };
  }
}
