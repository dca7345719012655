/** The longest beginning of it, of `most` bytes at most, that does not end in the middle of a character of UTF-8. */
export function wholeCharacters(bytes: Buffer, most = bytes.length): number {
  if (most >= bytes.length) most = bytes.length;
  for (let back = 1; back <= Math.min(3, most); back++) {
    const byte = bytes[most - back]!;
    if (byte < 0x80) return most;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? most - back : most;
  }
  return most;
}

/** Gives the chunks of a stream on without cutting characters: the beginning of one waits for its end. */
export class CharacterStream {
  #begun: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer {
    const all = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    const whole = wholeCharacters(all);
    this.#begun = whole === all.length ? Buffer.alloc(0) : Buffer.from(all.subarray(whole));
    return all.subarray(0, whole);
  }

  /** What never became a character. */
  end(): Buffer {
    const rest = this.#begun;
    this.#begun = Buffer.alloc(0);
    return rest;
  }
}
