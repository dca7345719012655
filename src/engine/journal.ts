import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsLayer } from '../config/settings.ts';
import type { Problem, RunSummary, Selection } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { type Brief, briefOf } from './brief.ts';
import type { EndReason } from './evidence.ts';
import { type OutputFolder, outputFolderOf } from './output-file.ts';
import { claimRun, releaseRun } from './run-owner.ts';

export const journalName = 'journal.ndjson';
/** Raised when an older reader would misread what is written. */
export const journalVersion = 1;

/** How a run began: enough to go on with it after its warden has died. */
export interface RunOpening {
  readonly selection: Selection;
  readonly overrides: SettingsLayer;
  /** What its tests run is measured. */
  readonly coverage?: boolean;
}

export type JournalEntry =
  | ({ readonly entry: 'run'; readonly version: number; readonly run: string; readonly at: number } & RunOpening)
  /** The run goes on; it had taken so long by then. */
  | { readonly entry: 'resume'; readonly at: number; readonly earlierMs: number }
  | { readonly entry: 'plan'; readonly project: string; readonly tests: readonly TestInfo[] }
  | { readonly entry: 'stop'; readonly unit: string; readonly reason: EndReason }
  | { readonly entry: 'record'; readonly brief?: Brief; readonly record: TestRecord }
  /** So many entries are missing here, because the disk did not take them. */
  | { readonly entry: 'gap'; readonly entries: number }
  | { readonly entry: 'end'; readonly summary: RunSummary };

/** What waits in memory while the disk takes nothing. */
const mostWaiting = 16 * 1024 ** 2;

export interface JournalOptions {
  readonly storage: string;
  readonly run: string;
  readonly opening: RunOpening | { readonly earlierMs: number };
  readonly onProblem: (problem: Problem) => void;
  /** Something was appended. */
  readonly onGrown?: () => void;
}

/** What a run planned and what became of it, appended before it is shown: a dead warden loses nothing that was seen. */
export class Journal {
  readonly path: string;
  readonly outputFolder: OutputFolder;
  readonly #folder: string;
  readonly #options: JournalOptions;
  readonly #waiting: string[] = [];
  #waitingLength = 0;
  #flushing: Promise<void> | null = null;
  #descriptor: number | null = null;
  #length = 0;
  #dropped = 0;
  #gaps = 0;
  #told = false;
  #closed = false;

  /** Throws where another living warden has this run. */
  constructor(options: JournalOptions) {
    const { storage, run, opening } = options;
    this.#options = options;
    this.#folder = runFolder(storage, run);
    this.path = join(this.#folder, journalName);
    this.outputFolder = outputFolderOf(this.#folder);
    if ('earlierMs' in opening && !existsSync(this.path)) throw new Error(`The run ${run} was removed a moment ago.`);
    this.#open();
    const at = Date.now();
    if ('earlierMs' in opening) this.write({ entry: 'resume', at, ...opening });
    else this.write({ entry: 'run', version: journalVersion, run, at, ...opening });
  }

  /** Everything so far is in the file. */
  get complete(): boolean {
    return this.#descriptor !== null && this.#waiting.length === 0 && this.#dropped === 0 && this.#gaps === 0;
  }

  /** Returns when the entry is with the kernel, which keeps it whatever becomes of this process; or waits for the disk. */
  write(entry: JournalEntry): void {
    if (this.#closed) return;
    this.#queue(entry);
    this.#flush();
  }

  /** Resolves when the verdict is with the kernel, and may be shown: those of one turn are written by one call. */
  record(record: TestRecord): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#queue({ entry: 'record', record });
    return (this.#flushing ??= Promise.resolve().then(() => this.#flush()));
  }

  close(): void {
    if (this.#closed) return;
    if (this.#flushing !== null) this.#flush();
    this.#closed = true;
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    releaseRun(this.#folder);
  }

  #queue(entry: JournalEntry): void {
    const line = `${JSON.stringify(entry.entry === 'record' ? briefly(entry.record) : entry)}\n`;
    if (this.#waiting.length > 0 && this.#waitingLength + line.length > mostWaiting) {
      // A turn may bring more than may wait; only a disk that takes nothing costs an entry.
      this.#flush();
      if (this.#waiting.length > 0) {
        this.#dropped++;
        return;
      }
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
  }

  /** A full or read-only disk must not cost a verdict: the run goes on, says so once, and tries again with each entry. */
  #flush(): void {
    this.#flushing = null;
    if (this.#closed) return;
    try {
      if (this.#descriptor === null) this.#open();
      if (this.#descriptor === null) return;
      if (this.#waiting.length > 1) this.#appendAll(this.#descriptor);
      for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
        this.#append(this.#descriptor, line);
        this.#waiting.shift();
        this.#waitingLength -= line.length;
        if (this.#waiting.length === 0 && this.#dropped > 0) this.#noteGap();
      }
      this.#options.onGrown?.();
    } catch (error) {
      this.#tell(error as Error);
    }
  }

  #noteGap(): void {
    const entries = this.#dropped;
    this.#gaps++;
    this.#dropped = 0;
    this.#queue({ entry: 'gap', entries });
  }

  /** Where the disk does not take all of it, the lines are tried one by one. */
  #appendAll(descriptor: number): void {
    try {
      this.#append(descriptor, this.#waiting.join(''));
    } catch {
      // The first line that is refused says why.
      return;
    }
    this.#waiting.length = 0;
    this.#waitingLength = 0;
    if (this.#dropped > 0) this.#noteGap();
  }

  /** A line is there whole or not at all, also where the disk becomes full in the middle of it. */
  #append(descriptor: number, lines: string): void {
    const bytes = Buffer.from(lines);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (written > 0) ftruncateSync(descriptor, this.#length);
      throw error;
    }
    this.#length += written;
  }

  #open(): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      return this.#tell(error as Error);
    }
    const claimed = claimRun(this.#folder);
    if (claimed === 'taken') throw new Error(`The run ${this.#options.run} is going on in another window.`);
    if (claimed !== 'ours') return this.#tell(claimed);
    try {
      const descriptor = openSync(this.path, 'a+', 0o600);
      const { size } = fstatSync(descriptor);
      this.#length = wholeLines(descriptor, size);
      // What a killed warden left half written was never shown.
      if (this.#length < size) ftruncateSync(descriptor, this.#length);
      this.#descriptor = descriptor;
    } catch (error) {
      this.#tell(error as Error);
    }
  }

  #tell({ message }: Error): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.onProblem({
      severity: 'warning',
      file: this.path,
      message: `This run is not being saved: ${message}.`,
      fix: 'Its results are complete while they are shown. Free some space or make the folder writable, then run again to keep them.',
    });
  }
}

/** In this order: the history reads no further than it must. */
function briefly(record: TestRecord): JournalEntry {
  return { entry: 'record', brief: briefOf(record), record };
}

export function runFolder(storage: string, run: string): string {
  return join(storage, 'runs', run);
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
