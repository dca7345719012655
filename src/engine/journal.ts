import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem, RunSummary } from '../protocol/messages.ts';
import type { TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { StopReason } from './evidence.ts';

export type JournalEntry =
  | { readonly entry: 'run'; readonly version: 1; readonly run: string; readonly at: number }
  | { readonly entry: 'plan'; readonly tests: readonly TestInfo[] }
  | { readonly entry: 'stop'; readonly unit: string; readonly reason: StopReason }
  | { readonly entry: 'record'; readonly record: TestRecord }
  | { readonly entry: 'end'; readonly summary: RunSummary };

/** What a run planned and what became of it, appended before it is shown: a dead warden loses nothing that was seen. */
export class Journal {
  readonly path: string;
  readonly #onProblem: (problem: Problem) => void;
  #descriptor: number | null = null;
  #failed = false;

  constructor(storage: string, run: string, onProblem: (problem: Problem) => void) {
    this.path = join(storage, 'runs', run, 'journal.ndjson');
    this.#onProblem = onProblem;
    this.#guard(() => {
      mkdirSync(join(storage, 'runs', run), { recursive: true, mode: 0o700 });
      this.#descriptor = openSync(this.path, 'a', 0o600);
    });
    this.write({ entry: 'run', version: 1, run, at: Date.now() });
  }

  get complete(): boolean {
    return !this.#failed;
  }

  /** Written by one call, so that a kill leaves whole lines behind a last one that may be cut. */
  write(entry: JournalEntry): void {
    const descriptor = this.#descriptor;
    if (descriptor === null || this.#failed) return;
    this.#guard(() => {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      for (let written = 0; written < line.length;) written += writeSync(descriptor, line, written);
    });
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** A full or read-only disk must not cost a verdict: the run goes on, and says that it is not being saved. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#failed = true;
      this.#onProblem({
        severity: 'warning',
        file: this.path,
        message: `This run is not being saved: ${(error as Error).message}.`,
        fix: 'Its results are complete while they are shown. Free some space or make the folder writable, then run again to keep them.',
      });
    }
  }
}
