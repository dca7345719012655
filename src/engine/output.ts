import type { CapturedOutput } from '../protocol/verdict.ts';
import type { OutputFile } from './output-file.ts';
import { wholeCharacters } from './whole-characters.ts';

/** Keeps the head and the tail of what a test prints, within a fixed number of bytes, and the whole in a file once that is not enough. */
export class OutputCapture {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #file: OutputFile | null;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #headFull = false;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #dropped = 0;

  constructor(limit: number, file: OutputFile | null = null) {
    this.#file = file;
    this.#headLimit = Math.ceil(limit / 2);
    this.#tailLimit = limit - this.#headLimit;
  }

  /** The part of the chunk that fits into the head: what may be shown live. */
  push(chunk: Buffer): Buffer {
    const room = this.#headFull ? 0 : this.#headLimit - this.#headBytes;
    const head = chunk.subarray(0, chunk.length <= room ? chunk.length : wholeCharacters(chunk, room));
    if (head.length > 0) {
      this.#head.push(Buffer.from(head));
      this.#headBytes += head.length;
    }
    if (head.length === chunk.length) return head;
    this.#headFull = true;
    this.#pushTail(Buffer.from(chunk.subarray(head.length)));
    return head;
  }

  #pushTail(chunk: Buffer): void {
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    if (this.#dropped > 0) this.#file?.write(chunk);
    // Something is about to be left out: from here on, all of it is in the file.
    else if (this.#tailBytes > this.#tailLimit)
      for (const each of [...this.#head, ...this.#tail]) this.#file?.write(each);
    while (this.#tailBytes > this.#tailLimit) {
      const first = this.#tail[0]!;
      const excess = this.#tailBytes - this.#tailLimit;
      const cut = Math.min(excess, first.length);
      this.#dropped += cut;
      this.#tailBytes -= cut;
      if (cut === first.length) this.#tail.shift();
      else this.#tail[0] = first.subarray(cut);
    }
  }

  /** The last bytes, whichever part they are in: where a dying runtime says why. */
  tail(bytes: number): string {
    return Buffer.concat([...this.#head, ...this.#tail])
      .subarray(-bytes)
      .toString('utf8');
  }

  /** When nothing more comes. */
  end(): CapturedOutput {
    return { ...this.result(), ...(this.#dropped > 0 ? this.#file?.end() : {}) };
  }

  result(): CapturedOutput {
    const head = Buffer.concat(this.#head).toString('utf8');
    const tail = Buffer.concat(this.#tail);
    const cut = this.#dropped > 0 ? restOfCharacter(tail) : 0;
    const dropped = this.#dropped + cut;
    const gap = dropped > 0 ? `\n… ${dropped} bytes left out …\n` : '';
    return { text: head + gap + tail.subarray(cut).toString('utf8'), droppedBytes: dropped };
  }
}

/** How many bytes of a character begin the text whose beginning was cut off. */
function restOfCharacter(bytes: Buffer): number {
  let rest = 0;
  while (rest < 3 && (bytes[rest] ?? 0) >> 6 === 0b10) rest++;
  return rest;
}
