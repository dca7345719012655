import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeInPlace } from './in-place.ts';
import type { JournalFile } from './journal-file.ts';
import { claimForRemoval, isOwned, releaseRun } from './run-owner.ts';

const reserveName = 'reserve.ndjson';
const least = 2 * 1024 ** 2;
const most = 16 * 1024 ** 2;
/** A record with its part of everything else. */
const eachTest = 2 * 1024;

/** Blanks without a line feed: whoever reads takes them for a last line that was cut off. */
const blanks = Buffer.alloc(256 * 1024, ' ');

export function reservePath(runFolder: string): string {
  return join(runFolder, reserveName);
}

/**
 * Room that a run has taken while there was some: on a disk that has become full, lines are written over its blanks, which asks
 * for nothing more. Deleting it instead would leave the room to whoever fills the disk.
 */
export class Reserve {
  readonly #path: string;
  readonly #descriptor: number;
  #size: number;
  /** Up to here there are lines. */
  #used: number;
  #wanted = least;

  private constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
    this.#size = fstatSync(this.#descriptor).size;
    if (this.#size === 0) writeInPlace(path);
    this.#used = wholeLinesOf(this.#descriptor, this.#size);
  }

  /** Null: it cannot be had. */
  static open(runFolder: string): Reserve | null {
    try {
      return new Reserve(reservePath(runFolder));
    } catch {
      // A disk that has no room for it may have some for the journal, which tells of itself.
      return null;
    }
  }

  get isUsed(): boolean {
    return this.#used > 0;
  }

  get isSmall(): boolean {
    return this.#size < this.#wanted;
  }

  /** Takes room for what becomes of so many tests, as far as the disk has it. */
  prepareFor(tests: number): void {
    this.#wanted = Math.min(most, Math.max(this.#wanted, least + tests * eachTest));
    while (this.#size < this.#wanted) {
      try {
        this.#size += writeSync(
          this.#descriptor,
          blanks,
          0,
          Math.min(blanks.length, this.#wanted - this.#size),
          this.#size,
        );
      } catch {
        // As much as there is.
        return;
      }
    }
  }

  /** How many of the lines are with the kernel. */
  append(lines: readonly string[]): number {
    let taken = 0;
    for (const line of lines) {
      const bytes = Buffer.from(line);
      if (this.#used + bytes.length > this.#size || !this.#write(bytes)) break;
      taken++;
    }
    return taken;
  }

  /**
   * Moves its lines to where they belong; why the disk does not take them, or null. A kill in between leaves them twice, in order.
   * It has no room after that, until it is prepared again.
   */
  moveTo(file: JournalFile): Error | null {
    try {
      file.copyFrom(this.#descriptor, this.#used);
      ftruncateSync(this.#descriptor, 0);
    } catch (error) {
      return error as Error;
    }
    this.#size = this.#used = 0;
    return null;
  }

  /** Lines that are still in it stay there for whoever is next. */
  close(): void {
    if (this.#used > 0) ftruncateSync(this.#descriptor, this.#used);
    closeSync(this.#descriptor);
    if (this.#used === 0) rmSync(this.#path, { force: true });
  }

  #write(bytes: Buffer): boolean {
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#used + written);
      }
    } catch {
      // A file system that writes nothing in place, such as zfs. The line has no end yet, and the next one goes over it.
      return false;
    }
    this.#used += bytes.length;
    return true;
  }
}

/** Puts what a killed warden has left in there at the end of its journal, once the disk has room for it. */
export function emptyReserve(runFolder: string, open: () => JournalFile): void {
  if (!existsSync(reservePath(runFolder)) || isOwned(runFolder) || claimForRemoval(runFolder) !== 'ours') return;
  const reserve = Reserve.open(runFolder);
  try {
    if (!reserve?.isUsed) return;
    const file = open();
    reserve.moveTo(file);
    file.close();
  } finally {
    reserve?.close();
    releaseRun(runFolder);
  }
}

function wholeLinesOf(descriptor: number, size: number): number {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, size, 0)).lastIndexOf(10) + 1;
}
