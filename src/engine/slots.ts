/** What a unit takes for as long as it runs. */
export interface Claim {
  readonly bytes: number;
  /** Of the jobs; 0: nothing else may run meanwhile. */
  readonly weight?: number;
  /** Names that only one may have at a time. */
  readonly locks?: readonly string[];
}

interface Waiting extends Required<Claim> {
  readonly begin: () => void;
}

/** Lets work begin while there is a free slot, its locks are free, and the caps of all that runs stay within the budget. */
export class Slots {
  readonly #jobs: number;
  readonly #budget: number;
  #waiting: Waiting[] = [];
  #running = 0;
  #taken = 0;
  #claimed = 0;
  readonly #locked = new Set<string>();

  constructor(jobs: number, budgetBytes: number) {
    this.#jobs = jobs;
    this.#budget = budgetBytes;
  }

  /** Resolves when the claim may be had; the answer gives it back. One that is larger than the whole budget runs alone. */
  async claim({ bytes, weight = 1, locks = [] }: Claim): Promise<() => void> {
    // What is wider than all there is has all there is.
    const width = weight === 0 ? this.#jobs : Math.min(weight, this.#jobs);
    await new Promise<void>(begin => {
      this.#waiting.push({ bytes, weight: width, locks, begin });
      this.#admit();
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

  /**
   * In order: a wide unit that waits for room is not overtaken for ever by narrow ones. One that waits for a lock is overtaken by
   * what does not want that lock, which holds nobody up.
   */
  #admit(): void {
    const wanted = new Set(this.#locked);
    let full = false;
    this.#waiting = this.#waiting.filter(next => {
      if (full) return true;
      const locked = next.locks.some(lock => wanted.has(lock));
      if (!locked && this.#fits(next)) {
        this.#take(next);
        next.locks.forEach(lock => wanted.add(lock));
        return false;
      }
      full = !locked;
      next.locks.forEach(lock => wanted.add(lock));
      return true;
    });
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
