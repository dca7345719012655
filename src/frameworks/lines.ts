import { StringDecoder } from 'node:string_decoder';

export const longestLine = 64 * 1024;

/** `goesOn`: a further piece of the line before. */
type OnLine = (line: string, goesOn: boolean) => void;

/** Lines of a stream of output. One that is longer than a line of a program should be comes in pieces. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: OnLine;
  readonly #longest: number;
  #rest = '';
  #goesOn = false;

  constructor(onLine: OnLine, longest = longestLine) {
    this.#onLine = onLine;
    this.#longest = longest;
  }

  /** What has no end yet. */
  get rest(): string {
    return this.#rest;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = parts.pop()!;
    for (const part of parts) this.#tell(part.endsWith('\r') ? part.slice(0, -1) : part, false);
    while (this.#rest.length > this.#longest) {
      this.#tell(this.#rest.slice(0, this.#longest), true);
      this.#rest = this.#rest.slice(this.#longest);
    }
  }

  end(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (last) this.#tell(last, false);
  }

  #tell(line: string, more: boolean): void {
    const goesOn = this.#goesOn;
    this.#goesOn = more;
    this.#onLine(line, goesOn);
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
