import { basename } from 'node:path';
import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';

type End = Extract<InsideBody, { t: 'end' }>;

export type Told = Pick<End, 'state' | 'failures' | 'reason' | 'retries'> & { readonly ms?: number };

/** A part of the file that was told of. */
export interface Point {
  readonly path: readonly string[];
  readonly ordinal: number;
}

export interface FileEnd {
  /** What is wrong with the whole, whatever its parts say. */
  readonly wrong: readonly string[];
  /** Nothing of it was run, and why. */
  readonly skipped?: string;
}

/** A file that is one test and tells of others while it runs: these are found, and the file answers for all of them. */
export class FileAccount {
  readonly #say: (event: InsideBody) => void;
  readonly #file: string;
  readonly #ordered: ReadonlySet<string>;
  readonly #seen = new Map<string, number>();
  readonly #startedAt = Date.now();
  #lastAt = Date.now();
  /** Begun before its end is told. */
  #open: { readonly ref: string; readonly ordinal: number } | null = null;
  #told = 0;
  #failed = 0;

  constructor(framework: string, tests: readonly TestInfo[], say: (event: InsideBody) => void) {
    this.#say = say;
    this.#file = basename(tests[0]!.file);
    this.#ordered = new Set(tests.map(({ titlePath }) => JSON.stringify(titlePath)));
    say({ t: 'hello', framework, version: '' });
    if (this.#wholeFile) say({ t: 'start', path: [this.#file], ordinal: 0 });
  }

  /** The test is known to have run, and how it ended comes later. */
  start(below: readonly string[]): void {
    const path = [this.#file, ...below];
    const ref = JSON.stringify(path);
    if (this.#open?.ref === ref) return;
    const ordinal = this.#seen.get(ref) ?? 0;
    this.#seen.set(ref, ordinal + 1);
    this.#open = { ref, ordinal };
    if (!this.#wanted(path)) return;
    this.#say({ t: 'found', path, ordinal });
    this.#say({ t: 'start', path, ordinal });
  }

  tell(below: readonly string[], { ms, ...told }: Told): Point {
    const path = [this.#file, ...below];
    const now = Date.now();
    const own = this.#open;
    if (own?.ref !== JSON.stringify(path)) this.start(below);
    const { ordinal } = this.#open!;
    this.#open = own?.ref === JSON.stringify(path) ? null : own;
    this.#told += 1;
    if (told.state === 'failed' || told.state === 'error') this.#failed += 1;
    if (this.#wanted(path)) this.#say({ t: 'end', path, ordinal, ms: ms ?? now - this.#lastAt, ...told });
    this.#lastAt = now;
    return { path, ordinal };
  }

  /** What is known only now of a part that failed. */
  explain({ path, ordinal }: Point, failure: FailureMessage): void {
    if (this.#wanted(path)) this.#say({ t: 'error', phase: 'teardown', path, ordinal, failure });
  }

  finish(code: number, { wrong, skipped }: FileEnd): void {
    const texts = [...wrong];
    if (this.#failed > 0) texts.unshift(`${this.#failed} of ${this.#told} tests in it failed.`);
    else if (code !== 0 && texts.length === 0) texts.push(`No test in it failed, and it ended with code ${code}.`);
    const failures: FailureMessage[] = texts.map(text => ({ text }));
    if (this.#wholeFile) {
      const end = { t: 'end', path: [this.#file], ordinal: 0, ms: Date.now() - this.#startedAt } as const;
      if (texts.length > 0) this.#say({ ...end, state: 'failed', failures });
      else if (skipped !== undefined) this.#say({ ...end, state: 'skipped', reason: skipped });
      else this.#say({ ...end, state: 'passed' });
    }
    this.#say({ t: 'bye', ...(code === 0 ? {} : { code }) });
  }

  get #wholeFile(): boolean {
    return this.#ordered.has(JSON.stringify([this.#file]));
  }

  /** Where single tests of the file were asked for, the others run too and are not told of. */
  #wanted(path: readonly string[]): boolean {
    return this.#wholeFile || path.some((_, depth) => this.#ordered.has(JSON.stringify(path.slice(0, depth + 1))));
  }
}
