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
export function lastLines(output: string, lines = 10, characters = 2000): string {
  const all = output.trim();
  const kept = all.split('\n').slice(-lines).join('\n').slice(-characters);
  return kept.length === all.length ? all : `… (${count(all.length - kept.length)} before this)\n${kept}`;
}

/** Of what a process printed: where a compiler says what is wrong. */
export function firstLines(output: string, lines = 20, characters = 4000): string {
  const all = output.trim();
  const kept = all.split('\n').slice(0, lines).join('\n').slice(0, characters);
  return kept.length === all.length ? all : `${kept}\n… (${count(all.length - kept.length)} after this)`;
}

const longestLog = 64 * 1024;
const cut = '… (the rest is in the output)\n';

/** What is kept of the output to explain a test, with more of it. */
export function appended(log: string, more: string): string {
  if (log.length + more.length <= longestLog) return log + more;
  return log.endsWith(cut) ? log : `${log + more.slice(0, Math.max(0, longestLog - log.length))}\n${cut}`;
}

function count(characters: number): string {
  return `${characters.toLocaleString('en-US')} more characters`;
}
