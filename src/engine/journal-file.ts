import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/** Lines become bytes in here: to ask for memory with each call costs more than the call. */
const portion = Buffer.allocUnsafeSlow(256 * 1024);
/** UTF-8 has no more for a unit of a string. */
const mostUnitBytes = 3;

/** A file of whole lines, to which lines are only ever added. */
export class JournalFile {
  readonly #path: string;
  /** Some file systems count no names of a file. */
  readonly #countsNames: boolean;
  #descriptor: number;
  #length: number;

  private constructor(path: string, descriptor: number, length: number) {
    this.#path = path;
    this.#countsNames = fstatSync(descriptor).nlink > 0;
    this.#descriptor = descriptor;
    this.#length = length;
  }

  static open(path: string): JournalFile {
    const descriptor = openSync(path, 'a+', 0o600);
    try {
      const { size } = fstatSync(descriptor);
      const length = wholeLines(descriptor, size);
      // What a killed warden left half written was never shown.
      if (length < size) ftruncateSync(descriptor, length);
      return new JournalFile(path, descriptor, length);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** The first so many lines are with the kernel; null: all of them, and otherwise why the disk took no more. */
  append(lines: readonly string[]): { readonly taken: number; readonly refused: Error | null } {
    let taken = 0;
    let most = Infinity;
    while (taken < lines.length) {
      try {
        taken += this.#appendFrom(lines, taken, most);
      } catch (error) {
        if (most === 1) return { taken, refused: error as Error };
        // There may be room for some of them.
        most = 1;
      }
    }
    return { taken, refused: null };
  }

  /** The first so many bytes of another file, which are whole lines: all of them or none. */
  copyFrom(descriptor: number, length: number): void {
    const before = this.#length;
    try {
      for (let at = 0; at < length;) {
        const read = readSync(descriptor, portion, 0, Math.min(portion.length, length - at), at);
        if (read === 0) throw new Error('it is shorter than it was');
        this.#write(portion.subarray(0, read));
        at += read;
      }
    } catch (error) {
      ftruncateSync(this.#descriptor, before);
      this.#length = before;
      throw error;
    }
  }

  /** It has no name any more, or is not where it was: what is added to it, nobody would find. */
  get isGone(): boolean {
    if (this.#countsNames && fstatSync(this.#descriptor).nlink === 0) return true;
    try {
      return statSync(this.#path, { throwIfNoEntry: false }) === undefined;
    } catch {
      // Its folder may not be looked into, and nothing says that it is gone.
      return false;
    }
  }

  /** Writes all of it once more where it was, in the place of whatever stands there now. */
  putBack(): void {
    const path = `${this.#path}.new`;
    rmSync(path, { force: true });
    const copy = JournalFile.open(path);
    try {
      copy.copyFrom(this.#descriptor, this.#length);
      renameSync(path, this.#path);
    } catch (error) {
      copy.close();
      rmSync(path, { force: true });
      throw error;
    }
    closeSync(this.#descriptor);
    this.#descriptor = copy.#descriptor;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** By one call, as many as there is memory for; how many that were. */
  #appendFrom(lines: readonly string[], from: number, most: number): number {
    let length = 0;
    let to = from;
    for (let line = lines[to]; line !== undefined && to - from < most; line = lines[++to]) {
      if (length + line.length * mostUnitBytes > portion.length) break;
      length += portion.write(line, length);
    }
    if (to > from) this.#write(portion.subarray(0, length));
    else this.#write(Buffer.from(lines[to++]!));
    return to - from;
  }

  /** Lines are there whole or not at all, also where the disk becomes full in the middle of one. */
  #write(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      if (written > 0) ftruncateSync(this.#descriptor, this.#length);
      throw error;
    }
    this.#length += written;
  }
}

/** Up to where a file consists of whole lines. */
function wholeLines(descriptor: number, size: number): number {
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0;) {
    const from = Math.max(0, end - chunk.length);
    readSync(descriptor, chunk, 0, end - from, from);
    const last = chunk.subarray(0, end - from).lastIndexOf(10);
    if (last !== -1) return from + last + 1;
    end = from;
  }
  return 0;
}
