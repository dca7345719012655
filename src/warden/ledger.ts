import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bootId } from '../cages/boot.ts';
import { ownerName } from '../cages/owner.ts';
import { processStart } from '../cages/processes.ts';
import type { Problem } from '../protocol/messages.ts';
import type { CageEntry, Line } from './ledger-page.ts';
import { ledgerPlaces, openPlace } from './ledger-places.ts';

/** A page that has grown by so much since it was last rewritten, and is mostly of cages that are gone, is rewritten. */
const rewriteBytes = 256 * 1024;

/** This warden's page: each cage is entered before anything is in it, and struck out when it was seen to be empty. */
export class Ledger {
  readonly #onProblem: (problem: Problem) => void;
  /** The lines of each cage that is not known to be empty. */
  readonly #live = new Map<string, string[]>();
  #head = '';
  #path: string | null = null;
  #descriptor: number | null = null;
  #bytes = 0;

  constructor(
    folders: readonly string[],
    onProblem: (problem: Problem) => void,
    places: readonly string[] = ledgerPlaces(),
  ) {
    this.#onProblem = onProblem;
    this.#guard(() => {
      this.#path = join(openPlace(places), `${ownerName()}.ndjson`);
      this.#descriptor = openSync(this.#path, 'ax', 0o600);
      this.#head = textOf({
        entry: 'warden',
        version: 1,
        boot: bootId(),
        host: hostname(),
        since: Date.now(),
        folders,
      });
      this.#append(this.#head);
    });
  }

  enter(entry: CageEntry): void {
    this.#note(entry.cage, { entry: 'cage', ...entry });
  }

  /** The process that stands in front of the cage is there. */
  hold(cage: string, pid: number): void {
    const started = processStart(pid);
    if (started !== null && this.#live.has(cage)) this.#note(cage, { entry: 'held', cage, pid, started });
  }

  strike(cage: string): void {
    if (!this.#live.delete(cage)) return;
    this.#guard(() => {
      if (this.#bytes > rewriteBytes) this.#rewrite();
      else this.#append(textOf({ entry: 'empty', cage }));
    });
  }

  /** A page with a cage on it stays for the next warden to look at. */
  close(): void {
    this.#guard(() => {
      if (this.#descriptor === null || this.#path === null) return;
      closeSync(this.#descriptor);
      this.#descriptor = null;
      if (this.#live.size === 0) rmSync(this.#path, { force: true });
    });
  }

  #note(cage: string, line: Line): void {
    const text = textOf(line);
    this.#live.set(cage, [...(this.#live.get(cage) ?? []), text]);
    this.#guard(() => this.#append(text));
  }

  #append(text: string): void {
    if (this.#descriptor === null) return;
    const line = Buffer.from(text);
    // One call, so that a kill leaves whole lines behind a last one that may be cut.
    for (let written = 0; written < line.length;) written += writeSync(this.#descriptor, line, written);
    this.#bytes += line.length;
  }

  /** By another file in its place: at no moment is a living cage on neither. */
  #rewrite(): void {
    if (this.#descriptor === null || this.#path === null) return;
    const text = [this.#head, ...[...this.#live.values()].flat()].join('');
    const next = `${this.#path}.next`;
    writeFileSync(next, text, { mode: 0o600 });
    renameSync(next, this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.#path, 'a');
    this.#bytes = 0;
  }

  /** A disk that is full must not keep a test from running. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#descriptor = null;
      this.#onProblem({
        severity: 'warning',
        message: `The ledger of living cages cannot be written: ${(error as Error).message}.`,
        fix: 'Tests run as ever; but should Bulkhead be killed, the next start may not find what they leave. Free some space or make the folder writable.',
      });
    }
  }
}

function textOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}
