import { border, openTimers } from './open-timers.ts';

const activeResources = process.getActiveResourcesInfo?.bind(process);

type Counts = ReadonlyMap<string, number>;

interface Grown<T> {
  readonly test: T;
  /** Before the test: while there is more of a kind, something of it is still open. */
  readonly before: Counts;
  readonly kinds: Map<string, number>;
}

/** A test that ended with more timers than it began with, and what was begun meanwhile has a number between these. */
interface Window<T> {
  readonly test: T;
  readonly from: number;
  readonly to: number;
}

/** A file whose every test leaves something open need not have them all named. */
const mostGrown = 100;
const mostTimers = 1000;

/**
 * Which test opened what keeps the process from ending: what there is more of after a test than before it, as long as there is
 * more of it. Node names the kinds only, so that what others open and close of the same kind may be taken for it: of timers, where
 * several tests left some, each is looked for.
 */
export class OpenHandles<T extends object> {
  readonly #before = new Map<T, { readonly counts: Counts; readonly from: number }>();
  readonly #withTimers: Window<T>[] = [];
  #grown: readonly Grown<T>[] = [];

  before(test: T): void {
    this.#before.set(test, { counts: this.#look(), from: border() });
  }

  after(test: T): void {
    const begun = this.#before.get(test);
    this.#before.delete(test);
    const now = this.#look();
    if (!begun) return;
    const { counts: before, from } = begun;
    if ((now.get('Timeout') ?? 0) > (before.get('Timeout') ?? 0)) this.#withTimers.push({ test, from, to: border() });
    if (this.#grown.length >= mostGrown) return;
    const kinds = [...now].filter(([kind, count]) => count > (before.get(kind) ?? 0) && !endsByItself(kind));
    if (kinds.length === 0) return;
    const opened = new Map(kinds.map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)]));
    this.#grown = [...this.#grown, { test, before, kinds: opened }];
  }

  *left(): Generator<[T, readonly string[]]> {
    this.#look();
    const left = new Map(this.#grown.map(({ test, kinds }) => [test, new Map(kinds)]));
    const timers = this.#timers(left);
    if (timers) {
      for (const kinds of left.values()) kinds.delete('Timeout');
      for (const [test, count] of timers) left.set(test, new Map([...(left.get(test) ?? []), ['Timeout', count]]));
    }
    for (const [test, kinds] of left) {
      if (kinds.size > 0) yield [test, [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`))];
    }
  }

  /** Whose each open timer is. Null: that cannot be said of all of them, or there is no doubt. */
  #timers(left: ReadonlyMap<T, ReadonlyMap<string, number>>): ReadonlyMap<T, number> | null {
    const claimed = [...left.values()].some(kinds => kinds.has('Timeout'));
    if (!claimed || this.#withTimers.length < 2) return null;
    const open = openTimers();
    if (open === null || open.length > mostTimers) return null;
    const first = this.#withTimers.reduce((least, { from }) => Math.min(least, from), Infinity);
    const owned = new Map<T, number>();
    for (const number of open) {
      // Begun before any of them, by the framework or a file.
      if (number < first) continue;
      const [owner, another] = this.#withTimers.filter(({ from, to }) => from < number && number < to);
      // A timer that another has begun in its turn bears a later number than who began the first; and some tests run beside each other.
      if (!owner || another) return null;
      owned.set(owner.test, (owned.get(owner.test) ?? 0) + 1);
    }
    return owned;
  }

  /** Counts what is open, and forgets what is so no more. */
  #look(): Counts {
    const now = new Map<string, number>();
    for (const kind of activeResources?.() ?? []) now.set(kind, (now.get(kind) ?? 0) + 1);
    for (const { before, kinds } of this.#grown) {
      for (const [kind, opened] of kinds) {
        const left = Math.min(opened, (now.get(kind) ?? 0) - (before.get(kind) ?? 0));
        if (left > 0) kinds.set(kind, left);
        else kinds.delete(kind);
      }
    }
    this.#grown = this.#grown.filter(({ kinds }) => kinds.size > 0);
    return now;
  }
}

/** Requests under way, and what the framework has planned for the next turn. */
function endsByItself(kind: string): boolean {
  return kind === 'Immediate' || kind === 'TickObject' || /Req(Wrap|Callback|Promise)?$|REQ/.test(kind);
}
