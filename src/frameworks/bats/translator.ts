import { dirname, resolve } from 'node:path';
import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';
import type { OutputTranslator, ProcessEnd } from '../framework.ts';
import { appended, Lines } from '../lines.ts';
import { deathIn } from './deaths.ts';
import { type BatsResult, detailOf, resultIn, type ResultDetail } from './result.ts';

interface Open {
  readonly test: TestInfo;
  readonly description: string;
  tries: number;
}

interface Held {
  readonly test: TestInfo | null;
  readonly ms: number;
  readonly what: string;
  readonly retries: number;
  log: string;
}

/**
 * Reads what bats prints for its own formatters. Tests are told by their number: bash has put the values of variables into the
 * descriptions. What a test prints is not among it unless it writes to the descriptor 3.
 */
export class BatsTranslator implements OutputTranslator {
  readonly #say: (event: InsideBody) => void;
  readonly #tests: readonly TestInfo[];
  readonly #lines = new Lines(line => this.#read(line));
  readonly #errorLines = new Lines(line => this.#readError(line));
  /** Begun, without a result, and nothing has told yet how they ended. */
  readonly #unended: TestInfo[] = [];
  readonly #deaths: string[] = [];
  #planned: number | null = null;
  #begun = 0;
  #told = 0;
  #open: Open | null = null;
  /** The lines that explain a failure come after it. */
  #held: Held | null = null;
  /** The test that wrote what passes for a result of bats. */
  #forger: TestInfo | null = null;
  #failed = false;
  #saidBye = false;
  #errors = '';
  #strays = '';

  constructor(tests: readonly TestInfo[], say: (event: InsideBody) => void) {
    this.#say = say;
    this.#tests = inOrder(tests);
    say({ t: 'hello', framework: 'bats', version: '' });
  }

  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    (from === 'stderr' ? this.#errorLines : this.#lines).push(chunk);
    return chunk;
  }

  end({ signal }: ProcessEnd): void {
    this.#errorLines.end();
    this.#lines.end();
    this.#release();
    if (signal === null) this.#tellUnended();
    if (this.#planned === null || this.#planned === 0) {
      const said = `${this.#errors}\n${this.#strays}`.trim();
      const text = this.#planned === 0 ? 'Bats finds no such test in the file.' : said || 'Bats ended without a word.';
      this.#say({ t: 'error', phase: 'load', failure: { text } });
    }
    if (signal === null && this.#told === this.#planned) this.#bye();
  }

  #readError(line: string): void {
    this.#errors = appended(this.#errors, `${line}\n`);
    const signal = deathIn(line);
    if (signal !== null) this.#deaths.push(signal);
  }

  #read(line: string): void {
    const [, planned] = /^1\.\.(\d+)$/.exec(line) ?? [];
    if (planned !== undefined && this.#planned === null) {
      this.#planned = Number(planned);
      return;
    }
    const [, begun, description = ''] = /^begin (\d+) (.*)$/.exec(line) ?? [];
    if (begun !== undefined && this.#begins(Number(begun), description)) return;
    const result = resultIn(line);
    if (result && this.#ends(result)) return;
    this.#keep(line);
  }

  /** False: it is not bats that says this. */
  #begins(number: number, description: string): boolean {
    if (number === this.#begun && this.#open?.description === description) {
      this.#open.tries += 1;
      return true;
    }
    const test = this.#tests[this.#begun];
    if (number !== this.#begun + 1 || !test) return false;
    this.#release();
    if (this.#open) this.#unended.push(this.#open.test);
    // Bash tells of a killed test before it begins the next one: now the counters of the cage are still those of that one.
    this.#tellDeaths();
    this.#begun += 1;
    this.#open = { test, description, tries: 1 };
    this.#say({ t: 'start', ...refOf(test) });
    return true;
  }

  #ends(result: BatsResult): boolean {
    const open = this.#open;
    if (open) {
      const detail = result.number === this.#begun ? detailOf(result, open.description) : null;
      if (detail) this.#finish(open, result.failed, detail);
      else this.#forger ??= open.test;
      return detail !== null;
    }
    const [what] = /^(?:setup|teardown)_file failed/.exec(result.rest) ?? [];
    // For all of the file.
    if (result.failed && what !== undefined) this.#hold({ test: null, ms: 0, what, retries: 0 });
    return result.failed && what !== undefined;
  }

  #finish({ test, tries }: Open, failed: boolean, { ms, directive }: ResultDetail): void {
    this.#open = null;
    this.#told += 1;
    const retries = tries - 1;
    if (failed) return this.#hold({ test, ms, what: directive || 'It failed without a message.', retries });
    const [skip, reason = ''] = /^skip ?(.*)$/.exec(directive) ?? [];
    const how = skip === undefined ? ({ state: 'passed' } as const) : ({ state: 'skipped', reason } as const);
    this.#say({ t: 'end', ...refOf(test), ms, ...how, ...(retries > 0 ? { retries } : {}) });
    // Bats waits for whoever holds its output, which may be for ever.
    if (this.#told === this.#planned) this.#bye();
  }

  #hold(held: Omit<Held, 'log'>): void {
    this.#release();
    this.#failed = true;
    this.#held = { ...held, log: '' };
  }

  #keep(line: string): void {
    // With a test that was killed there is one too few, which is told of that test.
    if (line.startsWith('# bats warning: Executed')) {
      if (this.#forger)
        this.#charge(this.#forger, line.replace('# bats warning: ', 'Bats counted other results than its own: '));
    } else if (this.#held && line.startsWith('#')) {
      this.#held.log = appended(this.#held.log, `${line.replace(/^# ?/, '')}\n`);
    } else if (this.#planned === null) this.#strays = appended(this.#strays, `${line}\n`);
  }

  #charge(test: TestInfo, text: string): void {
    this.#release();
    this.#say({ t: 'error', phase: 'teardown', ...refOf(test), failure: { text, file: test.file, ...lineOf(test) } });
  }

  #release(): void {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    const failure = failureIn(held, dirname(this.#tests[0]!.file), this.#tests[0]!.file);
    if (held.test) {
      const retries = held.retries > 0 ? { retries: held.retries } : {};
      this.#say({ t: 'end', ...refOf(held.test), ms: held.ms, state: 'failed', failures: [failure], ...retries });
    } else {
      this.#say({ t: 'error', phase: held.what.startsWith('setup') ? 'hook' : 'teardown', failure });
    }
  }

  /** In the order of the tests, for bash tells in that order. */
  #tellDeaths(): void {
    while (this.#unended.length > 0 && this.#deaths.length > 0)
      this.#died(this.#unended.shift()!, { signal: this.#deaths.shift()! });
  }

  #tellUnended(): void {
    const last = this.#open?.test;
    if (last) this.#unended.push(last);
    this.#tellDeaths();
    for (const test of this.#unended) {
      // The last one may have taken bats with it; how that ended is judged elsewhere.
      if (test !== last) this.#died(test, { code: 1 });
    }
  }

  #died(test: TestInfo, died: { readonly signal: string } | { readonly code: number }): void {
    this.#failed = true;
    this.#told += 1;
    const failures = [{ text: 'Its process ended without a result.' }];
    this.#say({ t: 'end', ...refOf(test), ms: 0, state: 'failed', failures, died });
  }

  #bye(): void {
    if (this.#saidBye) return;
    this.#saidBye = true;
    this.#say({ t: 'bye', ...(this.#failed ? { code: 1 } : {}) });
  }
}

/** In which bats numbers them. */
export function inOrder(tests: readonly TestInfo[]): readonly TestInfo[] {
  return [...tests].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

function refOf({ titlePath, ordinal }: TestInfo): { readonly path: readonly string[]; readonly ordinal: number } {
  return { path: titlePath, ordinal };
}

function lineOf({ line }: TestInfo): { readonly line?: number } {
  return line === undefined ? {} : { line };
}

/** The places come first, innermost on top; the last is in the test itself. */
function failureIn({ test, log, what }: Held, directory: string, own: string): FailureMessage {
  const places = [...log.matchAll(/in (?:test )?file (.+), line (\d+)[,)]?$/gm)];
  const [, named, line] = places.at(-1) ?? [];
  const text =
    [test === null || what.startsWith('timeout') ? what : '', log.trim()].filter(part => part).join('\n') || what;
  if (named === undefined) return { text };
  // Bats names files from where it runs, and the file of the test is known.
  const file = own.endsWith(`/${named.replace(/^(?:\.\.?\/)+/, '')}`) ? own : resolve(directory, named);
  return { text, file, line: Number(line) };
}
