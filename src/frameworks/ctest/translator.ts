import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';
import type { OutputTranslator } from '../framework.ts';
import { appended, lastLines, Lines, longestLine } from '../lines.ts';
import { type CtestResult, ctestResult } from './result.ts';

/** With which ctest ends when tests have failed. */
const failedCode = 8;

/** A test that was asked for, with what ctest knows of it. */
export interface Ordered {
  readonly test: TestInfo;
  readonly number: number;
  readonly willFail: boolean;
}

interface Open {
  readonly name: string;
  readonly number: number;
  readonly ordered: Ordered | null;
  /** Before the first line of the test ctest says how it starts it. */
  heading: boolean;
  log: string;
  /** What ctest itself says of it. */
  notes: string;
}

/** Reads what `ctest -V` prints: each line of a test has its number before it, so that nothing that it prints passes for ctest's. */
export class CtestTranslator implements OutputTranslator {
  readonly #say: (event: InsideBody) => void;
  readonly #ordered: ReadonlyMap<number, Ordered>;
  readonly #lines: Lines;
  #open: Open | null = null;
  #failed = false;
  #own: string[] = [];

  constructor(tests: readonly Ordered[], say: (event: InsideBody) => void) {
    this.#say = say;
    this.#ordered = new Map(tests.map(each => [each.number, each]));
    const longestName = tests.reduce((most, { test }) => Math.max(most, test.titlePath[0]!.length), 0);
    this.#lines = new Lines((line, goesOn) => this.#read(line, goesOn), longestLine + longestName);
    say({ t: 'hello', framework: 'ctest', version: '' });
  }

  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    if (from === 'stderr') return chunk;
    this.#lines.push(chunk);
    const own = this.#own.splice(0);
    return Buffer.from(own.map(line => `${line}\n`).join(''));
  }

  end(): void {
    this.#lines.end();
  }

  #read(line: string, goesOn: boolean): void {
    // It has no number before it, and may be made of ctest's words.
    if (goesOn) return this.#open ? this.#keep(this.#open, line) : undefined;
    const [, started, name = ''] = /^ +Start +(\d+): (.*)$/.exec(line) ?? [];
    if (started !== undefined) return this.#start(Number(started), name);
    // Where none failed, CMake 4.4 leaves out how many did.
    if (/^\d+% tests passed(?:,| out of) /.test(line))
      return this.#say({ t: 'bye', ...(this.#failed ? { code: failedCode } : {}) });
    const open = this.#open;
    if (!open) return;
    if (line.startsWith(`${open.number}: `)) return this.#keep(open, line.slice(`${open.number}: `.length));
    const [, ended, rest = ''] = /^ *\d+\/\d+ Test +#(\d+): (.*)$/.exec(line) ?? [];
    const result =
      Number(ended) === open.number && rest.startsWith(open.name) ? ctestResult(rest.slice(open.name.length)) : null;
    if (result) this.#finish(open, result);
    else if (line.trim()) open.notes = appended(open.notes, `${line}\n`);
  }

  #start(number: number, name: string): void {
    const ordered = this.#ordered.get(number);
    // The list may have changed since it was read.
    const same = ordered?.test.titlePath[0] === name ? ordered : null;
    this.#open = { name, number, ordered: same, heading: true, log: '', notes: '' };
    if (same) this.#say({ t: 'start', ...refOf(same.test) });
  }

  #keep(open: Open, line: string): void {
    open.heading &&=
      /^(?:Test command: |Working Directory: |Environment variables: | |Test timeout computed to be: )/.test(line);
    if (open.heading) return;
    this.#own.push(line);
    open.log = appended(open.log, `${line}\n`);
  }

  #finish(open: Open, { how, ms, why }: CtestResult): void {
    this.#open = null;
    const { ordered, name } = open;
    const good = how === 'passed' || how === 'skipped' || how === 'disabled';
    if (!good) this.#failed = true;
    if (!ordered) {
      if (!good && how !== 'not-run') this.#failedAround(name);
      return;
    }
    const end = { t: 'end', ...refOf(ordered.test), ms } as const;
    const failures = [failureOf(open, ordered.test, how === 'timeout' ? 'It took longer than its own TIMEOUT.' : why)];
    if (typeof how === 'object') return this.#say({ ...end, state: 'failed', failures, died: how });
    switch (how) {
      case 'passed':
        if (ordered.willFail) return this.#say({ ...end, state: 'failed-as-expected', reason: 'WILL_FAIL' });
        return this.#say({ ...end, state: 'passed' });
      case 'skipped':
        return this.#say({ ...end, state: 'skipped', reason: why });
      case 'disabled':
        return this.#say({ ...end, state: 'skipped', reason: 'disabled' });
      case 'not-run':
        return this.#say({ ...end, state: 'error', failures });
      case 'failed':
      case 'timeout':
        return this.#say({ ...end, state: 'failed', failures });
    }
  }

  /** A fixture that is set up keeps its tests from running, which ctest tells of them; one that is cleaned up does not. */
  #failedAround(name: string): void {
    const failure = { text: `${name}, a fixture of the test, failed.` };
    this.#say({ t: 'error', phase: 'teardown', failure });
  }
}

function refOf({ titlePath, ordinal }: TestInfo): { readonly path: readonly string[]; readonly ordinal: number } {
  return { path: titlePath, ordinal };
}

function failureOf({ log, notes }: Open, { file, line }: TestInfo, why: string): FailureMessage {
  const said = lastLines(log, 20, 4000);
  const text = [why, notes.trim(), said].filter(part => part).join('\n') || 'It failed without a word.';
  return { text, file, ...(line === undefined ? {} : { line }) };
}
