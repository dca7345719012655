import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { type InsideBody, undelivered } from '../../protocol/events.ts';
import type { CoverageSlices } from './coverage.ts';

// Taken before any test can replace them: fake timers, stubbed file systems and the like must not touch the reporting.
const { fstatSync, writeSync } = fs;
const { stringify } = JSON;
const { wait } = Atomics;
const bufferFrom = Buffer.from.bind(Buffer);
/** Lines become bytes in here: what is asked for with each event is garbage the next moment. */
const room = Buffer.allocUnsafeSlow(16 * 1024);
const encode = room.write.bind(room);
/** UTF-8 has no more for a unit of a string. */
const mostUnitBytes = 3;
const exit = process.exit.bind(process);

/** A reader that takes nothing for so long is gone or stuck, and a run that nobody hears is of no use. */
const patienceMs = 60_000;
const longestPauseMs = 50;

/** Writes lines synchronously, so that whatever was said is in the pipe when the process dies the next moment. */
export class LinePipe {
  readonly #fd: number;
  readonly #onGone: (why: string) => never;
  readonly #identity: Identity | null;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  #waiting: Buffer[] = [];
  #offset = 0;
  #paused = 0;

  constructor(fd: number, onGone: (why: string) => never = leave) {
    this.#fd = fd;
    this.#onGone = onGone;
    this.#identity = identityOf(fd);
  }

  write(line: string): void {
    const text = `${line}\n`;
    if (this.#waiting.length > 0 || text.length * mostUnitBytes > room.length) {
      this.#waiting.push(bufferFrom(text, 'utf8'));
    } else {
      const length = encode(text);
      const written = this.#isOurs() ? (this.#writeSome(room, 0, length) ?? 0) : 0;
      if (written === length) return;
      this.#waiting.push(bufferFrom(room.subarray(written, length)));
    }
    this.flush();
  }

  /**
   * False: something is left for the next time. A test that replaces the file system below `fs` (mock-fs does) makes even
   * the genuine `writeSync` fail for as long as it lasts.
   */
  flush(): boolean {
    if (this.#waiting.length > 0 && !this.#isOurs()) return false;
    for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
      const written = this.#writeSome(line, this.#offset, line.length);
      if (written === null) return false;
      this.#offset += written;
      if (this.#offset < line.length) continue;
      this.#waiting.shift();
      this.#offset = 0;
    }
    return true;
  }

  /** The process ends: what cannot be written now is lost, and says so. */
  end(): void {
    if (!this.flush()) this.#onGone('the file descriptor for them is closed, or was replaced by the test');
  }

  /** A test that closed it may have opened a file of its own under the same number. */
  #isOurs(): boolean {
    return isSame(this.#identity, identityOf(this.#fd));
  }

  /** So many bytes are with the kernel; null: there is no writing now. */
  #writeSome(bytes: Buffer, from: number, to: number): number | null {
    try {
      const written = writeSync(this.#fd, bytes, from, to - from);
      this.#paused = 0;
      return written;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') this.#onGone('nobody reads them any more');
      if (code !== 'EAGAIN') return null;
      this.#pause();
      return 0;
    }
  }

  /** Sleeps without a timer: a test may have replaced those. */
  #pause(): void {
    if (this.#paused >= patienceMs) this.#onGone(`they were not read for ${patienceMs / 1000} s`);
    const ms = Math.min(longestPauseMs, 1 + this.#paused);
    wait(this.#sleeper, 0, 0, ms);
    this.#paused += ms;
  }
}

interface Identity {
  readonly dev: number;
  readonly ino: number;
}

function identityOf(fd: number): Identity | null {
  try {
    return fstatSync(fd);
  } catch {
    // Closed, or hidden by a file system that the test has put in place.
    return null;
  }
}

function isSame(one: Identity | null, other: Identity | null): boolean {
  return one?.dev === other?.dev && one?.ino === other?.ino;
}

function leave(why: string): never {
  try {
    writeSync(2, `${undelivered.words}, because ${why}.\n`);
  } catch {
    // The process that started this one is gone, and its stderr with it.
  }
  return exit(undelivered.code);
}

/** Says what happens inside a framework, numbered without a gap. */
export class EventPipe {
  readonly #lines: LinePipe;
  /** What each event has beside its number and its body. */
  readonly #mark: string;
  readonly #coverage: CoverageSlices | undefined;
  /** Due in each event; workers of the framework have it from the first process. */
  readonly key: string;
  #next = 0;

  /** A worker of the framework writes to the same pipe under a number of its own. */
  constructor(lines: LinePipe, coverage?: CoverageSlices, worker?: { readonly number: number; readonly key: string }) {
    this.#lines = lines;
    this.#coverage = coverage;
    this.key = worker?.key ?? randomBytes(9).toString('base64url');
    this.#mark = stringify({ ...(worker ? { w: worker.number } : {}), k: this.key }).slice(1, -1);
  }

  say(body: InsideBody): void {
    this.#coverage?.border(body);
    // The empty line ends what a test may have begun there.
    this.#lines.write(`\n{"s":${this.#next++},${this.#mark},${stringify(body).slice(1)}`);
  }

  flush(): boolean {
    return this.#lines.flush();
  }

  end(): void {
    this.#lines.end();
  }
}
