import { LineSplitter } from '../protocol/codec.ts';
import { endStates, type InsideEvent } from '../protocol/events.ts';
import { leakKinds } from '../protocol/verdict.ts';

const maxEventBytes = 16 * 1024 ** 2;
const maxProblems = 20;
/** More workers than any framework starts for one file. */
const maxWriters = 64;

/** Reads what the code inside a framework says on fd 3. A test can write there too, so nothing is believed unchecked. */
export class EventReader {
  readonly problems: string[] = [];
  readonly #lines: LineSplitter;
  readonly #onEvent: (event: InsideEvent) => void;
  /** The number that is due from each writer. */
  readonly #next = new Map<number | undefined, number>();
  /** Of the code inside the framework, from its `hello` on. */
  #key: string | null = null;
  #faults = 0;

  constructor(onEvent: (event: InsideEvent) => void) {
    this.#onEvent = onEvent;
    this.#lines = new LineSplitter(
      maxEventBytes,
      line => this.#read(line),
      bytes => this.#fault(`an event of ${bytes} bytes was dropped (the limit is ${maxEventBytes})`),
    );
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  end(): void {
    if (this.#lines.pending > 0) this.#fault(`the last event was cut off after ${this.#lines.pending} bytes`);
    const more = this.#faults - this.problems.length;
    if (more > 0) this.problems.push(`${more} more such problems`);
  }

  #read(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#fault(`not an event: ${JSON.stringify(line.slice(0, 60))}`);
      return;
    }
    if (!isEvent(value)) {
      this.#fault(`not an event that Bulkhead knows: ${line.slice(0, 60)}`);
      return;
    }
    if (value.t === 'hello') this.#key ??= value.k ?? null;
    if (this.#key !== null && value.k !== this.#key) {
      this.#fault(`an event (${value.t}) that was not written by the code inside the framework was dropped`);
      return;
    }
    const due = this.#next.get(value.w) ?? 0;
    if (due === 0 && this.#next.size >= maxWriters) {
      this.#fault(`an event of yet another writer (${value.w}) was dropped`);
      return;
    }
    if (value.s !== due) this.#fault(`event ${value.s} came where event ${due} was due`);
    this.#next.set(value.w, value.s + 1);
    this.#onEvent(value);
  }

  #fault(problem: string): void {
    this.#faults++;
    if (this.problems.length < maxProblems) this.problems.push(problem);
  }
}

function isEvent(value: unknown): value is InsideEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Record<string, unknown>;
  if (!Number.isSafeInteger(event['s']) || !(event['w'] === undefined || Number.isSafeInteger(event['w'])))
    return false;
  if (event['k'] !== undefined && typeof event['k'] !== 'string') return false;
  switch (event['t']) {
    case 'hello':
      return typeof event['framework'] === 'string' && typeof event['version'] === 'string';
    case 'found':
      return isTestRef(event) && (event['tags'] === undefined || areNames(event['tags']));
    case 'start':
      return isTestRef(event);
    case 'end':
      return (
        isTestRef(event) &&
        endStates.some(state => state === event['state']) &&
        typeof event['ms'] === 'number' &&
        (event['died'] === undefined || isDeath(event['died'])) &&
        [undefined, 'hook', 'teardown'].some(phase => phase === event['phase']) &&
        (event['failures'] === undefined || (Array.isArray(event['failures']) && event['failures'].every(isFailure)))
      );
    case 'error':
      return (
        ['load', 'hook', 'teardown'].includes(String(event['phase'])) &&
        isFailure(event['failure']) &&
        (event['path'] === undefined || isTestRef(event))
      );
    case 'unhandled':
      return isFailure(event['failure']) && (event['path'] === undefined || isTestRef(event));
    case 'debugger':
      return (
        (event['kind'] === 'node' || event['kind'] === 'python') &&
        event['host'] === '127.0.0.1' &&
        Number.isInteger(event['port']) &&
        Number(event['port']) > 0 &&
        Number(event['port']) < 65_536
      );
    case 'left':
      return isTestRef(event) && areNames(event['what']);
    case 'leak':
      return isTestRef(event) && areNames(event['what']) && leakKinds.some(kind => kind === event['leak']);
    case 'output':
      return typeof event['text'] === 'string';
    case 'bye':
      return event['code'] === undefined || Number.isSafeInteger(event['code']);
    default:
      return false;
  }
}

function isDeath(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { signal, code } = value as Record<string, unknown>;
  return typeof signal === 'string' ? /^SIG[A-Z0-9]+$/.test(signal) : Number.isSafeInteger(code);
}

function isTestRef(event: Record<string, unknown>): boolean {
  const path = event['path'];
  return (
    Array.isArray(path) && path.every(title => typeof title === 'string') && Number.isSafeInteger(event['ordinal'])
  );
}

function areNames(value: unknown): boolean {
  return Array.isArray(value) && value.every(each => typeof each === 'string');
}

function isFailure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)['text'] === 'string';
}
