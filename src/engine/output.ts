import type { CapturedOutput } from '../protocol/verdict.ts';

/** Keeps the head and the tail of what a test prints, within a fixed number of bytes. */
export class OutputCapture {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.#headLimit = Math.ceil(limit / 2);
    this.#tailLimit = limit - this.#headLimit;
  }

  /** The part of the chunk that fits into the head: what may be shown live. */
  push(chunk: Buffer): Buffer {
    const room = this.#headLimit - this.#headBytes;
    const head = chunk.subarray(0, Math.max(0, room));
    if (head.length > 0) {
      this.#head.push(Buffer.from(head));
      this.#headBytes += head.length;
    }
    if (head.length < chunk.length) this.#pushTail(Buffer.from(chunk.subarray(head.length)));
    return head;
  }

  #pushTail(chunk: Buffer): void {
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
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

  result(): CapturedOutput {
    const head = Buffer.concat(this.#head).toString('utf8');
    const tail = Buffer.concat(this.#tail).toString('utf8');
    const gap = this.#dropped > 0 ? `\n… ${this.#dropped} bytes left out …\n` : '';
    return { text: head + gap + tail, droppedBytes: this.#dropped };
  }
}
