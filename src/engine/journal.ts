import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SettingsLayer } from '../config/settings.ts';
import type { Problem, RunSummary, Selection } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { Brief } from './brief.ts';
import type { EndReason } from './evidence.ts';
import { JournalFile } from './journal-file.ts';
import { type OutputFolder, outputFolderOf } from './output-file.ts';
import { recordText } from './record-text.ts';
import { Reserve, reservePath } from './reserve.ts';
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
/** How long a verdict may wait for a disk that takes nothing, and nobody be told of it. */
const patienceMs = 5000;
const lookAgainMs = 250;
/** What the disk refused is tried again so often. */
const againMs = 1000;

export interface JournalOptions {
  readonly storage: string;
  readonly run: string;
  readonly opening: RunOpening | { readonly earlierMs: number };
  readonly onProblem: (problem: Problem) => void;
  /** Something was appended. */
  readonly onGrown?: () => void;
  readonly patienceMs?: number;
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
  #reserve: Reserve | null = null;
  #movedAt = -Infinity;
  #setAsideAt = -Infinity;
  #planned = 0;
  #lookedAt = performance.now();
  /** Somebody removed what is on the disk, and it could not be put back. */
  #gone = false;
  #toldGone = false;
  /** Nothing of it was ever written, which its client has been told before anything else. */
  #unsaved = true;
  #patienceMs: number;

  /** Throws where another living warden has this run. */
  constructor(options: JournalOptions) {
    const { storage, run, opening } = options;
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? patienceMs;
    this.#folder = runFolder(storage, run);
    this.path = join(this.#folder, journalName);
    this.outputFolder = outputFolderOf(this.#folder);
    if ('earlierMs' in opening && !existsSync(this.path)) throw new Error(`The run ${run} was removed a moment ago.`);
    this.#open();
    const at = Date.now();
    if ('earlierMs' in opening) this.write({ entry: 'resume', at, ...opening });
    else this.write({ entry: 'run', version: journalVersion, run, at, ...opening });
    this.#unsaved = this.#waiting.length > 0;
    if (this.#unsaved || this.#file === null) return;
    this.#reserve ??= Reserve.open(this.#folder);
    this.#reserve?.prepareFor(0);
  }

  /** Everything so far is kept. */
  get complete(): boolean {
    return this.#file !== null && this.#waiting.length === 0 && this.#dropped === 0 && this.#gaps === 0 && !this.#gone;
  }

  /** Returns when the entry is with the kernel, which keeps it whatever becomes of this process; or waits for the disk. */
  write(entry: JournalEntry): void {
    if (this.#closed) return;
    if (entry.entry === 'plan') this.#reserve?.prepareFor((this.#planned += entry.tests.length));
    this.#queue(entry);
    this.#flush();
  }

  /**
   * True: the verdict is with the kernel, and may be shown; those of one turn are written by one call. False: it is not kept, for
   * the disk takes nothing, and what was set aside is used up. Where a run could not be saved from its beginning on, that was told.
   */
  async record(record: TestRecord): Promise<boolean> {
    if (this.#closed) return true;
    const line = this.#queue({ entry: 'record', record });
    await (this.#flushing ??= Promise.resolve().then(() => this.#flush()));
    if (this.#unsaved || (line !== null && this.#waiting.length === 0)) return true;
    if (line === null) return false;
    const since = performance.now();
    while (this.#waiting.includes(line)) {
      if (this.#closed || performance.now() - since >= this.#patienceMs) {
        // One after the other would be too much.
        this.#patienceMs = 0;
        this.#withdraw(line);
        return false;
      }
      await sleep(lookAgainMs);
      this.#flush();
    }
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#movedAt = -Infinity;
    this.#flush(true);
    this.#closed = true;
    const file = this.#file;
    const steps = [() => this.#reserve?.close(), () => file?.close(), () => file && releaseRun(this.#folder)];
    for (const step of steps) {
      try {
        step();
      } catch {
        // What nobody may remove now stays beside the journal, and names an owner that dies: nothing of the run is lost.
      }
    }
  }

  /** It has not been shown and will not be. */
  #withdraw(line: string): void {
    const at = this.#waiting.indexOf(line);
    if (at === -1) return;
    this.#waiting.splice(at, 1);
    this.#waitingLength -= line.length;
  }

  /** Null: there is no room to let it wait. */
  #queue(entry: JournalEntry): string | null {
    const line = `${entry.entry === 'record' ? recordText(entry.record) : JSON.stringify(entry)}\n`;
    if (this.#waiting.length > 0 && this.#waitingLength + line.length > mostWaiting) {
      // A turn may bring more than may wait; only a disk that takes nothing costs an entry.
      this.#flush();
      if (this.#waiting.length > 0) {
        this.#dropped++;
        return null;
      }
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    return line;
  }

  /** A full or read-only disk must not cost a verdict: the run says so once, and tries again with each entry. */
  #flush(last = false): void {
    this.#flushing = null;
    if (this.#closed) return;
    try {
      if (this.#file === null) this.#open();
    } catch (error) {
      return this.#tell(error as Error);
    }
    if (this.#file === null) return;
    this.#stay(this.#file, last);
    const aside = this.#reserve?.isUsed ? this.#move(this.#reserve, this.#file) : null;
    let grown = false;
    while (this.#waiting.length > 0) {
      const { taken, refused } = aside ? { taken: 0, refused: aside } : this.#file.append(this.#waiting);
      this.#taken(taken);
      grown ||= taken > 0;
      if (refused) {
        this.#tell(refused);
        if (this.#waiting.length > 0) this.#taken(this.#reserve?.append(this.#waiting) ?? 0);
        break;
      }
      if (this.#dropped > 0) this.#noteGap();
    }
    if (this.#waiting.length === 0 && !last) this.#setAside();
    if (grown) this.#options.onGrown?.();
  }

  /** A test, or whoever tidies up, may remove what is being written; all of it is still open here. */
  #stay(file: JournalFile, last: boolean): void {
    if (!last && performance.now() - this.#lookedAt < againMs) return;
    this.#lookedAt = performance.now();
    if (!file.isGone) return;
    this.#gone = true;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const claimed = claimRun(this.#folder);
      if (claimed !== 'ours') throw claimed === 'taken' ? new Error('another window has it') : claimed;
      file.putBack();
      this.#gone = false;
    } catch (error) {
      return this.#tellGone((error as Error).message);
    }
    this.#tellGone(null);
    if (last || !this.#reserve || this.#reserve.isUsed) return;
    this.#reserve.close();
    this.#reserve = Reserve.open(this.#folder);
    this.#reserve?.prepareFor(this.#planned);
  }

  #taken(lines: number): void {
    for (const line of this.#waiting.splice(0, lines)) this.#waitingLength -= line.length;
  }

  /** Again, after there was no room for it. */
  #setAside(): void {
    if (!this.#reserve?.isSmall || performance.now() - this.#setAsideAt < againMs) return;
    this.#setAsideAt = performance.now();
    this.#reserve.prepareFor(0);
  }

  /** What is kept aside comes before anything else; the answer is why it has to stay there. */
  #move(reserve: Reserve, file: JournalFile): Error | null {
    if (performance.now() - this.#movedAt < againMs) return new Error('it was full a moment ago');
    this.#movedAt = performance.now();
    const refused = reserve.moveTo(file);
    if (refused === null) this.#options.onGrown?.();
    return refused;
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
      if (existsSync(reservePath(this.#folder))) this.#reserve = Reserve.open(this.#folder);
    } catch (error) {
      this.#tell(error as Error);
    }
  }

  #tellGone(because: string | null): void {
    if (this.#toldGone) return;
    this.#toldGone = true;
    const outcome = because === null ? 'It was written again' : `It could not be written again: ${because}`;
    this.#options.onProblem({
      severity: 'warning',
      file: this.path,
      message: `Somebody removed the journal of this run while it was written. ${outcome}.`,
      fix: 'Keep tests, and what tidies up meanwhile, away from that folder: what they remove of earlier runs is lost.',
    });
  }

  #tell({ message }: Error): void {
    if (this.#told) return;
    this.#told = true;
    const fix = this.#unsaved
      ? 'Its results are complete while they are shown. Free some space or make the folder writable, then run again to keep them.'
      : 'Free some space: they are put in their place by themselves. When what was set aside is used up, no verdict is shown that cannot be kept, and the run can be resumed later.';
    const what = this.#unsaved
      ? `This run is not being saved: ${message}.`
      : `The disk takes no more of this run: ${message}. What follows is kept in room that was set aside for it.`;
    this.#options.onProblem({ severity: 'warning', file: this.path, message: what, fix });
  }
}

export function runFolder(storage: string, run: string): string {
  return join(storage, 'runs', run);
}
