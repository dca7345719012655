import type { Slots } from './slots.ts';

/** What came of asking a queue for its next: it has begun; there is no room for it; all that wait need a lock; nothing waits. */
export type Turn = 'begun' | 'full' | 'locked' | 'empty';

export interface Place {
  readonly bytes: number;
  readonly width: number;
  readonly locks: readonly string[];
}

/** What everything that runs has taken together, whichever queue it came from. */
export class Capacity {
  #running = 0;
  #width = 0;
  #bytes = 0;
  readonly #locked = new Set<string>();
  readonly #queues = new Set<Slots>();

  /** Something waits in this queue. */
  join(queue: Slots): void {
    this.#queues.add(queue);
  }

  /** False: there is no room. One that is larger than the whole budget is taken when nothing else runs. */
  take({ bytes, width, locks }: Place, jobs: number, budgetBytes: number): boolean {
    const fits = this.#width + width <= jobs && this.#bytes + bytes <= budgetBytes;
    if (!fits && this.#running > 0) return false;
    this.#running++;
    this.#width += width;
    this.#bytes += bytes;
    locks.forEach(lock => this.#locked.add(lock));
    return true;
  }

  giveBack({ bytes, width, locks }: Place): void {
    this.#running--;
    this.#width -= width;
    this.#bytes -= bytes;
    locks.forEach(lock => this.#locked.delete(lock));
  }

  /**
   * Whoever has least running has its turn first: the one test that somebody waits for is not behind the thousands of another run.
   * What waits for room in one queue is not overtaken by another queue for ever.
   */
  admit(): void {
    while (this.#admitOne());
  }

  #admitOne(): boolean {
    const wanted = new Set(this.#locked);
    for (const queue of [...this.#queues].sort((a, b) => a.rank - b.rank)) {
      const turn = queue.admitNext(wanted);
      if (turn === 'begun') return true;
      if (turn === 'full') return false;
      if (turn === 'empty') this.#queues.delete(queue);
    }
    return false;
  }
}
