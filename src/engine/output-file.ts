import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../config/quantities.ts';
import type { SavedOutput } from '../protocol/verdict.ts';

/** Of all output files of a run together: a thousand tests that flood must not fill the disk. */
const mostOfRun = 1024 ** 3;

/** Where the files of one run lie, and how much they may still have together. */
export interface OutputFolder {
  readonly path: string;
  left: number;
}

export function outputFolderOf(runFolder: string, left = mostOfRun): OutputFolder {
  return { path: join(runFolder, 'output'), left };
}

/**
 * The whole of what a test prints, in a file. It is written like the journal, by one call a chunk: a slow disk slows down whoever
 * prints, and a full one costs the file alone.
 */
export class OutputFile {
  readonly #folder: OutputFolder;
  readonly #path: string;
  readonly #cap: number;
  #descriptor: number | null = null;
  #bytes = 0;
  #missing: string | null = null;

  constructor(folder: OutputFolder, unit: string, cap: number) {
    this.#folder = folder;
    this.#cap = cap;
    // A run that goes on has another warden, which counts its units from 1 again.
    this.#path = join(folder.path, `${unit}-${randomBytes(4).toString('hex')}.log`);
  }

  write(chunk: Buffer): void {
    if (this.#missing !== null) return;
    const room = Math.min(this.#cap - this.#bytes, this.#folder.left);
    try {
      if (room > 0) this.#append(chunk.subarray(0, room));
    } catch (error) {
      this.#giveUp((error as Error).message);
      return;
    }
    if (room >= chunk.length) return;
    this.#missing =
      this.#folder.left === 0
        ? 'the files of this run are as large as they may be together'
        : `"outputFile" is ${formatBytes(this.#cap)}`;
  }

  /** When nothing more comes. */
  end(): SavedOutput {
    const there = this.#descriptor !== null && this.#isThere(this.#descriptor);
    if (this.#descriptor !== null) this.#close(this.#descriptor);
    if (this.#bytes > 0 && !there) this.#missing = 'somebody has removed it';
    const missing = this.#missing === null ? {} : { missing: this.#missing };
    return there && this.#bytes > 0 ? { file: this.#path, bytes: this.#bytes, ...missing } : missing;
  }

  #append(chunk: Buffer): void {
    this.#descriptor ??= this.#open();
    for (let from = 0; from < chunk.length;) {
      const written = writeSync(this.#descriptor, chunk, from);
      from += written;
      this.#bytes += written;
      this.#folder.left -= written;
    }
  }

  #open(): number {
    mkdirSync(this.#folder.path, { recursive: true, mode: 0o700 });
    // Not through a link that a test has put there.
    return openSync(this.#path, 'wx', 0o600);
  }

  /** A part of it would hold space that the journal may need. */
  #giveUp(because: string): void {
    this.#missing = because;
    if (this.#descriptor === null) return;
    this.#close(this.#descriptor);
    rmSync(this.#path, { force: true });
    this.#folder.left += this.#bytes;
    this.#bytes = 0;
  }

  #isThere(descriptor: number): boolean {
    const named = statSync(this.#path, { throwIfNoEntry: false });
    return named?.ino === fstatSync(descriptor).ino;
  }

  #close(descriptor: number): void {
    this.#descriptor = null;
    try {
      closeSync(descriptor);
    } catch {
      // Some file systems tell here of a disk that is full: the file is as long as it became.
    }
  }
}
