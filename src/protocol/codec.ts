import type { Readable, Writable } from 'node:stream';

/** A frame larger than this is a fault of its sender, never something to hold in memory. */
export const maxFrameBytes = 64 * 1024 ** 2;

/** Splits a byte stream into lines without ever holding more than one frame. An oversized line is dropped and reported. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #size = 0;
  #dropping = false;
  readonly #limit: number;
  readonly #onLine: (line: string) => void;
  readonly #onOversized: (bytes: number) => void;

  constructor(limit: number, onLine: (line: string) => void, onOversized: (bytes: number) => void) {
    this.#limit = limit;
    this.#onLine = onLine;
    this.#onOversized = onOversized;
  }

  push(chunk: Buffer): void {
    let from = this.#pushWhole(chunk);
    for (let end = chunk.indexOf(10, from); end !== -1; end = chunk.indexOf(10, from)) {
      this.#add(chunk.subarray(from, end));
      this.#finish();
      from = end + 1;
    }
    if (from < chunk.length) this.#add(chunk.subarray(from));
  }

  /** Lines that are whole in the chunk are decoded together, which costs a third; returns where the rest begins. */
  #pushWhole(chunk: Buffer): number {
    const end = chunk.lastIndexOf(10);
    if (this.#size > 0 || end === -1 || end > this.#limit) return 0;
    const text = chunk.toString('utf8', 0, end);
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      if (at > from) this.#onLine(text.slice(from, at));
      from = at + 1;
    }
    if (from < text.length) this.#onLine(text.slice(from));
    return end + 1;
  }

  /** Bytes of a line that never ended. */
  get pending(): number {
    return this.#size;
  }

  #add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#limit) {
      this.#dropping = true;
      this.#parts = [];
    } else this.#parts.push(part);
  }

  #finish(): void {
    if (this.#dropping) this.#onOversized(this.#size);
    else if (this.#size > 0) this.#onLine(Buffer.concat(this.#parts).toString('utf8'));
    this.#parts = [];
    this.#size = 0;
    this.#dropping = false;
  }
}

/** One JSON value a line over a pipe; `sent` resolves when the other side may take more. */
export class FrameWriter {
  readonly #stream: Writable;
  #open = true;
  #room: Promise<void> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    const close = () => (this.#open = false);
    stream.on('error', close).on('close', close);
  }

  /** False: the pipe is full and the sender of bulk data should wait for `sent`. */
  send(frame: object): boolean {
    return this.#open && this.#stream.write(`${JSON.stringify(frame)}\n`);
  }

  async sent(): Promise<void> {
    if (!this.#open || !this.#stream.writableNeedDrain) return;
    await (this.#room ??= this.#drained());
  }

  /** For all who wait: listeners of each of them would pile up on a pipe that is full again and again. */
  #drained(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#stream.off('drain', done).off('close', done);
        this.#room = undefined;
        resolve();
      };
      this.#stream.on('drain', done).on('close', done);
    });
  }
}

export function readFrames(stream: Readable, onFrame: (frame: unknown) => void, onFault: (what: string) => void): void {
  const lines = new LineSplitter(
    maxFrameBytes,
    line => {
      let frame: unknown;
      try {
        frame = JSON.parse(line);
      } catch {
        onFault(`a frame is not JSON: ${line.slice(0, 80)}`);
        return;
      }
      onFrame(frame);
    },
    bytes => onFault(`a frame of ${bytes} bytes is over the limit of ${maxFrameBytes}`),
  );
  stream.on('data', (chunk: Buffer) => lines.push(chunk));
}
