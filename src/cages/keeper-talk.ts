import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineSplitter } from '../protocol/codec.ts';
import type { ProcessInfo, StorageUse } from '../protocol/limits.ts';
import type { LeaderEnd } from './cage.ts';
import { controlFd } from './launch.ts';

export type KeeperCommand = 'term' | 'kill' | 'census' | 'usage' | `signal ${number}`;

export interface KeeperUsage {
  readonly processes: number;
  readonly bytes: number | null;
  readonly cpuMs: number;
}

/** The keeper's last words: nobody is left, by the word of `wait()`, unless it counts survivors. */
export interface KeeperDone {
  readonly cpuMs: number;
  readonly peakBytes: number | null;
  readonly survivors: number;
  /** Null: the kernel keeps no such accounts, or they are not complete. */
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
}

export type KeeperNews =
  | { event: 'started'; pid: number }
  | { event: 'spawn-failed'; stage: string; message: string }
  | { event: 'leader-exited'; exit: number | null; signal: number | null }
  | { event: 'over-memory'; bytes: number }
  | ({ event: 'usage' } & KeeperUsage)
  | { event: 'census'; processes: { pid: number; ppid: number; start: string; comm: string; cmdline: string }[] }
  | ({ event: 'done' } & KeeperDone);

const longestLine = 1024 ** 2;
/** On a busy machine a fork bomb can hold up its own census; to say too early that nobody is left would be untrue. */
const answerMs = 5000;
/** A timer that is later than this was held up, and whoever was to answer may have been too: it has its time anew. */
const stallMs = 1000;
const mostStalls = 3;

/** One side of the conversation with a keeper: commands out, one JSON object a line in. */
export class KeeperTalk {
  readonly #leader = Promise.withResolvers<LeaderEnd>();
  readonly leader = this.#leader.promise;
  readonly #gone = Promise.withResolvers<void>();
  readonly #onOverMemory: (bytes: number) => void;
  readonly #answerMs: number;
  /** From the keeper's start to the leader's. */
  lateMs = 0;
  #since = 0;
  #socket: Duplex | null = null;
  #censuses: ((processes: ProcessInfo[]) => void)[] = [];
  #usageAsked = false;
  usage: KeeperUsage = { processes: 0, bytes: null, cpuMs: 0 };
  done: KeeperDone | null = null;

  constructor(onOverMemory: (bytes: number) => void, patienceMs = answerMs) {
    this.#onOverMemory = onOverMemory;
    this.#answerMs = patienceMs;
  }

  /** What it counted of storage, in the form of a cage's counters. */
  get storage(): { readonly storage?: StorageUse } {
    const { readBytes = null, writtenBytes = null } = this.done ?? {};
    return readBytes === null || writtenBytes === null ? {} : { storage: { readBytes, writtenBytes } };
  }

  listen(child: ChildProcess): void {
    this.#since = performance.now();
    const socket = child.stdio[controlFd] as Duplex;
    this.#socket = socket;
    // Nothing that the keeper says is so long.
    const lines = new LineSplitter(
      longestLine,
      line => this.#hear(JSON.parse(line) as KeeperNews),
      () => {},
    );
    socket.on('data', (chunk: Buffer) => lines.push(chunk));
    // A keeper that ends with a command unread resets the socket; its end is told by the process.
    socket.on('error', () => {});
    // `close` and not `exit`: by then everything that the keeper said has been read.
    child.once('close', (code, signal) => this.#end(code, signal));
    // A process that escaped may hold the pipes for ever; after a stall, timers run before what is there to be read.
    const late = (code: number | null, signal: NodeJS.Signals | null) => setImmediate(() => this.#end(code, signal));
    child.once('exit', (code, signal) => setTimeout(late, 200, code, signal).unref());
  }

  say(command: KeeperCommand | `order ${string}`): void {
    if (this.#socket?.writable) this.#socket.write(`${command}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.say(`signal ${constants.signals[signal]}`);
  }

  /** Asks unless a question is open; the answer is in `usage` when it comes. */
  askUsage(): void {
    if (this.#usageAsked) return;
    this.#usageAsked = true;
    this.say('usage');
  }

  async census(): Promise<ProcessInfo[]> {
    if (this.done || !this.#socket) return [];
    const answer = new Promise<ProcessInfo[]>(resolve => this.#censuses.push(resolve));
    this.say('census');
    return Promise.race([answer, this.#gone.promise.then(() => []), timeFor(this.#answerMs).then(() => [])]);
  }

  goneWithin(ms: number): Promise<boolean> {
    return Promise.race([this.#gone.promise.then(() => true), timeFor(ms).then(() => false)]);
  }

  #hear(told: KeeperNews): void {
    switch (told.event) {
      case 'started':
        this.lateMs = performance.now() - this.#since;
        return;
      case 'spawn-failed':
        this.#leader.resolve({ kind: 'not-started', because: `${told.message} (${told.stage})` });
        this.#socket?.end();
        return;
      case 'leader-exited':
        this.#leader.resolve({ kind: 'ended', code: told.exit, signal: signalName(told.signal) });
        return;
      case 'over-memory':
        this.#onOverMemory(told.bytes);
        return;
      case 'usage':
        this.#usageAsked = false;
        this.usage = told;
        return;
      case 'census': {
        const processes = told.processes.map(({ pid, ppid, start, comm, cmdline }) => {
          return { pid, parent: ppid, started: start, command: cmdline || `[${comm}]` };
        });
        this.#censuses.shift()?.(processes);
        return;
      }
      case 'done':
        this.done = told;
        // The keeper waits for this: a command written after its end would cost what it has said and we have not read.
        this.#socket?.end();
        return;
    }
  }

  /** A keeper that ends without a word on its leader was killed: its own end is all that is known. */
  #end(code: number | null, signal: NodeJS.Signals | null): void {
    this.#leader.resolve({ kind: 'ended', code, signal });
    this.#gone.resolve();
  }
}

/** Resolves when so much time was there for an answer, and what had come by then has been read. */
async function timeFor(ms: number): Promise<void> {
  for (let stalls = 0; stalls < mostStalls; stalls++) {
    const since = performance.now();
    await sleep(ms, undefined, { ref: false });
    // Timers run before what is there to be read.
    await new Promise(resolve => setImmediate(resolve));
    if (performance.now() - since <= ms + stallMs) return;
  }
}

function signalName(number: number | null): NodeJS.Signals | null {
  if (number === null) return null;
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  // Real-time signals have no name in Node.
  return (entry?.[0] ?? `SIG${number}`) as NodeJS.Signals;
}
