import { StringDecoder } from 'node:string_decoder';

const longestLine = 64 * 1024;

/** Lines of a stream of output. One that is longer than a line of a program should be comes in pieces. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** What has no end yet. */
  get rest(): string {
    return this.#rest;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = parts.pop()!;
    for (const part of parts) this.#onLine(part.endsWith('\r') ? part.slice(0, -1) : part);
    while (this.#rest.length > longestLine) {
      this.#onLine(this.#rest.slice(0, longestLine));
      this.#rest = this.#rest.slice(longestLine);
    }
  }

  end(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (last) this.#onLine(last);
  }
}

/** Of what a process printed: where it says why it gave up. */
export function lastLines(output: string): string {
  return output.trim().split('\n').slice(-10).join('\n').slice(-2000);
}
