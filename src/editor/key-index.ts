/** A table of this many places takes three quarters as many keys before it grows. */
const places = 2048;

/** Finds the position of a key among values that are kept elsewhere; `isAt` looks there. */
export class KeyIndex {
  readonly #isAt: (position: number, key: string) => boolean;
  /** Two numbers a place: the hash, and the position + 1; 0: free. */
  #table = new Uint32Array(2 * places);
  #count = 0;

  constructor(isAt: (position: number, key: string) => boolean) {
    this.#isAt = isAt;
  }

  /** -1: it is not there. */
  find(key: string): number {
    const hash = hashOf(key);
    const mask = this.#table.length / 2 - 1;
    for (let place = hash & mask; this.#table[2 * place + 1] !== 0; place = (place + 1) & mask) {
      const position = this.#table[2 * place + 1]! - 1;
      if (this.#table[2 * place] === hash && this.#isAt(position, key)) return position;
    }
    return -1;
  }

  /** Of a key that is not there. */
  add(key: string, position: number): void {
    if (++this.#count > (3 / 8) * this.#table.length) this.#grow();
    this.#put(hashOf(key), position + 1);
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 2) if (before[at + 1] !== 0) this.#put(before[at]!, before[at + 1]!);
  }

  #put(hash: number, entry: number): void {
    const mask = this.#table.length / 2 - 1;
    let place = hash & mask;
    while (this.#table[2 * place + 1] !== 0) place = (place + 1) & mask;
    this.#table[2 * place] = hash;
    this.#table[2 * place + 1] = entry;
  }
}

/** FNV-1a. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
