import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsLayer } from '../config/settings.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Problem, RunSummary, Selection } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { type Brief, briefOf } from './brief.ts';
import type { EndReason } from './evidence.ts';
import { JournalFile } from './journal-file.ts';
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
  #file: JournalFile | null = null;
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
    return this.#file !== null && this.#waiting.length === 0 && this.#dropped === 0 && this.#gaps === 0;
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
    if (this.#file === null) return;
    this.#file.close();
    releaseRun(this.#folder);
  }

  #queue(entry: JournalEntry): void {
    const line = `${entry.entry === 'record' ? recordText(entry.record) : JSON.stringify(entry)}\n`;
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
      if (this.#file === null) this.#open();
    } catch (error) {
      return this.#tell(error as Error);
    }
    if (this.#file === null) return;
    let grown = false;
    while (this.#waiting.length > 0) {
      const { taken, refused } = this.#file.append(this.#waiting);
      for (const line of this.#waiting.splice(0, taken)) this.#waitingLength -= line.length;
      grown ||= taken > 0;
      if (refused) {
        this.#tell(refused);
        break;
      }
      if (this.#dropped > 0) this.#noteGap();
    }
    if (grown) this.#options.onGrown?.();
  }

  #noteGap(): void {
    const entries = this.#dropped;
    this.#gaps++;
    this.#dropped = 0;
    this.#queue({ entry: 'gap', entries });
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
      this.#file = JournalFile.open(this.path);
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

/** What the limits of tests are in JSON: half of a record, and the same for all tests of a file. */
const limitTexts = new WeakMap<Limits, string>();

/** An entry of a record, in this order: the history reads no further than it must. */
function recordText(record: TestRecord): string {
  const { limits, ...rest } = record;
  let text = limitTexts.get(limits);
  if (text === undefined) limitTexts.set(limits, (text = JSON.stringify(limits)));
  const brief = JSON.stringify(briefOf(record));
  return `{"entry":"record","brief":${brief},"record":${JSON.stringify(rest).slice(0, -1)},"limits":${text}}}`;
}

export function runFolder(storage: string, run: string): string {
  return join(storage, 'runs', run);
}
