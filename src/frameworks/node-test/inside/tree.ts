import type { Order } from '../../../protocol/events.ts';

export interface Skip {
  readonly reason?: string;
}

/** A suite or a test as it was defined. */
export interface Defined {
  readonly kind: 'root' | 'suite' | 'test';
  readonly path: readonly string[];
  readonly ordinal: number;
  readonly parent: Defined | null;
  /** Those that were given to node:test, in its own numbering. */
  readonly children: Defined[];
  /** Its body is only read, because nothing in it is to run. */
  readonly passive: boolean;
  readonly hasBody: boolean;
  /** It is a suite that is marked `skip`, or in one: node:test does not even read that. */
  readonly skip: Skip | null;
  begun: boolean;
  ended: boolean;
  /** How many of its children node:test has begun, and how many it has reported. */
  dequeued: number;
  reported: number;
}

export function rootOf(passive: boolean): Defined {
  const counts = { begun: true, ended: false, dequeued: 0, reported: 0 };
  return {
    kind: 'root',
    path: [],
    ordinal: 0,
    parent: null,
    children: [],
    passive,
    hasBody: true,
    skip: null,
    ...counts,
  };
}

/** Names each test by its title path and by its place among those that have the same. */
export class Names {
  readonly #counts = new Map<string, number>();

  define(kind: 'suite' | 'test', title: string, parent: Defined, hasBody: boolean): Defined {
    const path = [...parent.path, title];
    const name = JSON.stringify([kind, path]);
    const ordinal = this.#counts.get(name) ?? 0;
    this.#counts.set(name, ordinal + 1);
    const counts = { begun: false, ended: false, dequeued: 0, reported: 0 };
    return { kind, path, ordinal, parent, children: [], passive: false, hasBody, skip: parent.skip, ...counts };
  }
}

/** What an order says of a test or suite. */
export class Wanted {
  readonly #tests: ReadonlySet<string> | null;
  readonly #above = new Set<string>();

  constructor({ mode, tests }: Order) {
    this.#tests =
      mode === 'run' && tests ? new Set(tests.map(({ path, ordinal }) => JSON.stringify([path, ordinal]))) : null;
    for (const { path } of tests ?? []) {
      for (let depth = 1; depth < path.length; depth++) this.#above.add(JSON.stringify(path.slice(0, depth)));
    }
  }

  orders({ path, ordinal }: Defined): boolean {
    return this.#tests === null || this.#tests.has(JSON.stringify([path, ordinal]));
  }

  /** Something in it is ordered. */
  holds({ path }: Defined): boolean {
    return this.#tests === null || this.#above.has(JSON.stringify(path));
  }
}

/** The next child of that title; node:test tells of its tests in the order in which it got them. */
export function childNamed(parent: Defined | undefined, from: number, title: string): number {
  const children = parent?.children ?? [];
  for (let index = from; index < children.length; index++) if (children[index]!.path.at(-1) === title) return index;
  return -1;
}
