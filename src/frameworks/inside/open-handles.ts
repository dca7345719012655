const activeResources = process.getActiveResourcesInfo?.bind(process);

type Counts = ReadonlyMap<string, number>;

interface Grown<T> {
  readonly test: T;
  /** Before the test: while there is more of a kind, something of it is still open. */
  readonly before: Counts;
  readonly kinds: Map<string, number>;
}

/** A file whose every test leaves something open need not have them all named. */
const mostGrown = 100;

/**
 * Which test opened what keeps the process from ending: what there is more of after a test than before it, as long as there is
 * more of it. Node names the kinds only, so that what others open and close of the same kind may be taken for it.
 */
export class OpenHandles<T extends object> {
  readonly #before = new Map<T, Counts>();
  #grown: readonly Grown<T>[] = [];

  before(test: T): void {
    this.#before.set(test, this.#look());
  }

  after(test: T): void {
    const before = this.#before.get(test);
    this.#before.delete(test);
    const now = this.#look();
    if (!before || this.#grown.length >= mostGrown) return;
    const kinds = [...now].filter(([kind, count]) => count > (before.get(kind) ?? 0) && !endsByItself(kind));
    if (kinds.length === 0) return;
    const opened = new Map(kinds.map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)]));
    this.#grown = [...this.#grown, { test, before, kinds: opened }];
  }

  *left(): Generator<[T, readonly string[]]> {
    this.#look();
    for (const { test, kinds } of this.#grown) {
      yield [test, [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`))];
    }
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
