import { Capacity, type Turn } from './capacity.ts';

/** What a unit takes for as long as it runs. */
export interface Claim {
  readonly bytes: number;
  /** Of the jobs; 0: nothing else may run meanwhile. */
  readonly weight?: number;
  /** Names that only one may have at a time. */
  readonly locks?: readonly string[];
  /** Lower ones have their turn first; among equals, whoever came first. */
  readonly rank?: number;
}

interface Waiting extends Required<Claim> {
  /** Without a place: only to find out that nothing more is begun. */
  readonly begin: (placed: boolean) => void;
}

/** Of what nothing is known. */
export const ordinary = 1;

export interface Sharing {
  /** Of several queues together: without it, a queue has all to itself. */
  readonly capacity?: Capacity;
  /** Nothing more is begun: whoever has its turn takes no place, and need not wait for one. */
  readonly over?: () => boolean;
}

/** Lets work begin while there is a free slot, its locks are free, and the caps of all that runs stay within the budget. */
export class Slots {
  readonly #jobs: number;
  readonly #budget: number;
  readonly #capacity: Capacity;
  readonly #over: () => boolean;
  readonly #waiting: Waiting[] = [];
  #admitting = false;
  #running = 0;

  constructor(jobs: number, budgetBytes: number, { capacity = new Capacity(), over = () => false }: Sharing = {}) {
    this.#jobs = jobs;
    this.#budget = budgetBytes;
    this.#capacity = capacity;
    this.#over = over;
  }

  /** Lower ones have their turn first. */
  get rank(): number {
    return this.#over() ? -1 : this.#running;
  }

  /** Resolves when the claim may be had; the answer gives it back. One that is larger than the whole budget runs alone. */
  async claim({ bytes, weight = 1, locks = [], rank = ordinary }: Claim): Promise<() => void> {
    // What is wider than all there is has all there is.
    const width = weight === 0 ? this.#jobs : Math.min(weight, this.#jobs);
    const placed = await new Promise<boolean>(begin => {
      this.#enqueue({ bytes, weight: width, locks, rank, begin });
      this.#admitSoon();
    });
    let claimed = true;
    return () => {
      if (!claimed) return;
      claimed = false;
      this.#running--;
      if (placed) this.#capacity.giveBack({ bytes, width, locks });
      this.#capacity.admit();
    };
  }

  /** Looks again whether anything is still to be begun. */
  recheck(): void {
    this.#capacity.admit();
  }

  /** What is claimed in the same turn is compared before any of it begins. */
  #admitSoon(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    setImmediate(() => {
      this.#admitting = false;
      this.#capacity.admit();
    });
  }

  /** Behind all that are as urgent. */
  #enqueue(claim: Waiting): void {
    let from = 0;
    let to = this.#waiting.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#waiting[middle]!.rank <= claim.rank) from = middle + 1;
      else to = middle;
    }
    this.#waiting.splice(from, 0, claim);
    this.#capacity.join(this);
  }

  /**
   * In order: a wide unit that waits for room is not overtaken for ever by narrow ones. One that waits for a lock is overtaken by
   * what does not want that lock, which holds nobody up.
   */
  admitNext(wanted: Set<string>): Turn {
    if (this.#over()) return this.#dismissNext();
    for (let at = 0; at < this.#waiting.length; at++) {
      const { bytes, weight, locks, begin } = this.#waiting[at]!;
      const locked = locks.some(lock => wanted.has(lock));
      locks.forEach(lock => wanted.add(lock));
      if (locked) continue;
      const place = { bytes, width: weight, locks };
      if (!this.#capacity.take(place, this.#jobs, this.#budget)) return 'full';
      this.#waiting.splice(at, 1);
      this.#running++;
      begin(true);
      return 'begun';
    }
    return this.#waiting.length === 0 ? 'empty' : 'locked';
  }

  /** A few at a time, for each has a record to write. */
  #dismissNext(): Turn {
    if (this.#running >= this.#jobs) return 'locked';
    const next = this.#waiting.shift();
    if (!next) return 'empty';
    this.#running++;
    next.begin(false);
    return 'begun';
  }
}
