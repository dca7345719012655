import { KeyIndex } from './key-index.ts';

const pageBytes = 256 * 1024;

interface Place {
  readonly page: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Values by key, in the order in which they came, as bytes outside V8's heap. What lives there by the hundred thousand is copied
 * again and again while it is young, and the room for young objects grows with it and stays.
 */
export class Packed<Value> {
  readonly #pages: (Buffer | undefined)[] = [];
  /** How many values of a page count; a page of none is given back. */
  readonly #live: number[] = [];
  #used = 0;
  /** Three numbers a value: its page, where it begins there and where it ends; the end of one that was taken out is 0. */
  #places = new Uint32Array(3 * 1024);
  #count = 0;
  #size = 0;
  #bytes = 0;
  /** Nothing before it is there any more. */
  #first = 0;
  readonly #index = new KeyIndex((position, key) => this.#isAt(position, key));

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** What those that are there take. */
  get bytes(): number {
    return this.#bytes;
  }

  has(key: string): boolean {
    return this.position(key) >= 0;
  }

  get(key: string): Value | undefined {
    const position = this.position(key);
    return position < 0 ? undefined : this.at(position)![1];
  }

  /** Where it stands among all that ever came; -1: it is not there. */
  position(key: string): number {
    return this.#index.find(key);
  }

  /** Undefined: it was taken out. */
  at(position: number): [key: string, value: Value] | undefined {
    const { page, from, to } = this.#place(position);
    return to === 0 ? undefined : (JSON.parse(this.#pages[page]!.toString('utf8', from, to)) as [string, Value]);
  }

  /** One that is there keeps its position. */
  set(key: string, value: Value): number {
    const known = this.#index.find(key);
    const position = known < 0 ? this.#count++ : known;
    if (known >= 0) this.#letGo(position);
    const text = JSON.stringify([key, value]);
    const bytes = Buffer.byteLength(text);
    const page = this.#pageFor(bytes);
    this.#pages[page]!.write(text, this.#used);
    this.#live[page]!++;
    this.#size++;
    this.#bytes += bytes;
    this.#note(position, page, this.#used, this.#used + bytes);
    this.#used += bytes;
    if (known < 0) this.#index.add(key, position);
    return position;
  }

  delete(key: string): void {
    const position = this.#index.find(key);
    if (position >= 0) this.#takeOut(position);
  }

  /** Takes out the one that came before all others; false: there is none. */
  deleteFirst(): boolean {
    while (this.#first < this.#count && this.#place(this.#first).to === 0) this.#first++;
    if (this.#first === this.#count) return false;
    this.#takeOut(this.#first++);
    return true;
  }

  /** Those at the positions that are wanted, each made when it is asked for. */
  *entries(wanted: (position: number) => boolean = () => true): Generator<[key: string, value: Value]> {
    for (let position = 0; position < this.#count; position++) {
      const entry = wanted(position) ? this.at(position) : undefined;
      if (entry) yield entry;
    }
  }

  #takeOut(position: number): void {
    this.#letGo(position);
    this.#note(position, 0, 0, 0);
  }

  #letGo(position: number): void {
    const { page, from, to } = this.#place(position);
    this.#size--;
    this.#bytes -= to - from;
    if (--this.#live[page]! === 0 && page < this.#pages.length - 1) this.#pages[page] = undefined;
  }

  #pageFor(bytes: number): number {
    const last = this.#pages.at(-1);
    if (last && this.#used + bytes <= last.length) return this.#pages.length - 1;
    if (this.#live.at(-1) === 0) this.#pages[this.#pages.length - 1] = undefined;
    this.#used = 0;
    this.#live.push(0);
    return this.#pages.push(Buffer.allocUnsafeSlow(Math.max(pageBytes, bytes))) - 1;
  }

  #place(position: number): Place {
    const at = 3 * position;
    return { page: this.#places[at]!, from: this.#places[at + 1]!, to: this.#places[at + 2]! };
  }

  #note(position: number, ...place: readonly [page: number, from: number, to: number]): void {
    if (3 * position >= this.#places.length) {
      const larger = new Uint32Array(2 * this.#places.length);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places.set(place, 3 * position);
  }

  /** Of one that was taken out nothing is known any more, so that it counts as new when it comes again. */
  #isAt(position: number, key: string): boolean {
    const { page, from, to } = this.#place(position);
    if (to === 0) return false;
    const head = `[${JSON.stringify(key)},`;
    const bytes = Buffer.byteLength(head);
    return from + bytes <= to && this.#pages[page]!.toString('utf8', from, from + bytes) === head;
  }
}
