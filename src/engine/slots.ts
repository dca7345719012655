/** Lets work begin while there is a free slot and the caps of all that runs stay within the budget. */
export class Slots {
  readonly #jobs: number;
  readonly #budget: number;
  readonly #waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  #running = 0;
  #claimed = 0;

  constructor(jobs: number, budgetBytes: number) {
    this.#jobs = jobs;
    this.#budget = budgetBytes;
  }

  /** Resolves when `bytes` may be claimed; the answer gives them back. One that is larger than the whole budget runs alone. */
  async claim(bytes: number): Promise<() => void> {
    await new Promise<void>(begin => {
      this.#waiting.push({ bytes, begin });
      this.#admit();
    });
    let claimed = true;
    return () => {
      if (!claimed) return;
      claimed = false;
      this.#running--;
      this.#claimed -= bytes;
      this.#admit();
    };
  }

  /** In order: a large unit that waits is not overtaken for ever by small ones. */
  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running++;
      this.#claimed += next.bytes;
      next.begin();
    }
  }

  #fits(bytes: number): boolean {
    return this.#running === 0 || (this.#running < this.#jobs && this.#claimed + bytes <= this.#budget);
  }
}
