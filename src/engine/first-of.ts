/** The first of what a process may say for ever, and how many came after them. */
export class FirstOf<T> {
  readonly #most: number;
  readonly #first: T[] = [];
  #more = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get any(): boolean {
    return this.#first.length > 0;
  }

  add(one: T): void {
    if (this.#first.length < this.#most) this.#first.push(one);
    else this.#more++;
  }

  /** With one in the place of all that were not kept, so that nobody takes them for all there were. */
  told(instead: (more: number, last: T) => T): readonly T[] {
    return this.#more === 0 ? this.#first : [...this.#first, instead(this.#more, this.#first.at(-1)!)];
  }
}
