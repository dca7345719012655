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
  readonly begin: () => void;
}

/** Of what nothing is known. */
export const ordinary = 1;

/** Lets work begin while there is a free slot, its locks are free, and the caps of all that runs stay within the budget. */
export class Slots {
  readonly #jobs: number;
  readonly #budget: number;
  readonly #waiting: Waiting[] = [];
  #admitting = false;
  #running = 0;
  #taken = 0;
  #claimed = 0;
  readonly #locked = new Set<string>();

  constructor(jobs: number, budgetBytes: number) {
    this.#jobs = jobs;
    this.#budget = budgetBytes;
  }

  /** Resolves when the claim may be had; the answer gives it back. One that is larger than the whole budget runs alone. */
  async claim({ bytes, weight = 1, locks = [], rank = ordinary }: Claim): Promise<() => void> {
    // What is wider than all there is has all there is.
    const width = weight === 0 ? this.#jobs : Math.min(weight, this.#jobs);
    await new Promise<void>(begin => {
      this.#enqueue({ bytes, weight: width, locks, rank, begin });
      this.#admitSoon();
    });
    let claimed = true;
    return () => {
      if (!claimed) return;
      claimed = false;
      this.#running--;
      this.#taken -= width;
      this.#claimed -= bytes;
      locks.forEach(lock => this.#locked.delete(lock));
      this.#admit();
    };
  }

  /** What is claimed in the same turn is compared before any of it begins. */
  #admitSoon(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    setImmediate(() => {
      this.#admitting = false;
      this.#admit();
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
  }

  /**
   * In order: a wide unit that waits for room is not overtaken for ever by narrow ones. One that waits for a lock is overtaken by
   * what does not want that lock, which holds nobody up.
   */
  #admit(): void {
    const wanted = new Set(this.#locked);
    for (let at = 0; at < this.#waiting.length;) {
      const next = this.#waiting[at]!;
      const locked = next.locks.some(lock => wanted.has(lock));
      next.locks.forEach(lock => wanted.add(lock));
      if (locked) {
        at++;
        continue;
      }
      if (!this.#fits(next)) return;
      this.#waiting.splice(at, 1);
      this.#take(next);
    }
  }

  #take({ bytes, weight, locks, begin }: Waiting): void {
    this.#running++;
    this.#taken += weight;
    this.#claimed += bytes;
    locks.forEach(lock => this.#locked.add(lock));
    begin();
  }

  #fits({ bytes, weight }: Waiting): boolean {
    return this.#running === 0 || (this.#taken + weight <= this.#jobs && this.#claimed + bytes <= this.#budget);
  }
}
