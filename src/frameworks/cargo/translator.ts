import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';
import type { OutputTranslator } from '../framework.ts';
import { appended, Lines } from '../lines.ts';
import { errorIn, panicsIn } from './panics.ts';

const longestLog = 64 * 1024;
/** With which a test program ends when tests have failed. */
const failedCode = 101;

export interface NamedTest {
  readonly name: string;
  readonly test: TestInfo;
}

interface Open extends NamedTest {
  readonly startedAt: number;
  /** How much had been heard of the standard error before. */
  readonly mark: number;
  readonly shouldPanic: boolean;
  /** Its first line, of which the name was read before it was complete. */
  heading: string | null;
  /** The result, unless the test goes on: what it prints itself may look like one. */
  result: string | null;
}

/** Reads what a program of libtest prints with `--nocapture --test-threads=1`. */
export class CargoTranslator implements OutputTranslator {
  readonly #say: (event: InsideBody) => void;
  readonly #root: string;
  readonly #ordered: ReadonlyMap<string, TestInfo>;
  readonly #started = new Set<string>();
  #unexplained: Open[] = [];
  readonly #notes = new Map<string, string>();
  readonly #lines = new Lines(line => this.#read(line));
  #open: Open | null = null;
  #failed = false;
  #explaining: string | null = null;
  #errors = '';
  /** How much of it explains failures already. */
  #taken = 0;
  #saidBye = false;
  #ended = false;

  constructor(tests: readonly NamedTest[], root: string, say: (event: InsideBody) => void) {
    this.#say = say;
    this.#root = root;
    this.#ordered = new Map(tests.map(({ name, test }) => [name, test]));
    say({ t: 'hello', framework: 'cargo', version: '' });
  }

  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    if (from === 'stderr') {
      if (this.#errors.length < longestLog) this.#errors += chunk.toString('utf8');
      return chunk;
    }
    this.#lines.push(chunk);
    // The name of a test comes without an end of line, which may follow only when the test has ended.
    this.#begin(this.#lines.rest);
    return chunk;
  }

  end(): void {
    this.#lines.end();
    this.#ended = true;
    this.#explainLate();
    for (const open of this.#unexplained) {
      if (open.result === 'ok') continue;
      const otherwise = open.shouldPanic ? 'It was to panic and did not.' : 'It failed without a message.';
      this.#add(open, [{ text: this.#notes.get(open.name)?.trim() || otherwise }]);
    }
  }

  #read(line: string): void {
    if (this.#saidBye) return;
    this.#begin(line);
    const open = this.#open;
    if (open) {
      const text = open.heading === null ? line : line.slice(open.heading.length);
      // A test that is ignored does not run, so nothing of its own can look like this.
      const ignored = open.heading !== null && /^ignored(?:, .*)?$/.test(text);
      open.heading = null;
      if ((open.result !== null || this.#isWholeSum(line)) && this.#readEnd(line)) return;
      const told = ignored ? text : toldBy(text, open.result === null);
      if (told !== undefined) open.result = told;
      if (ignored) this.#settle();
    } else this.#readEnd(line);
  }

  /** What follows the last test: why others failed, and the sum. */
  #readEnd(line: string): boolean {
    if (line === 'failures:') {
      this.#settle();
      this.#explaining = '';
      return true;
    }
    if (this.#isWholeSum(line) || /^test result: (?:ok|FAILED)\. \d+ passed; \d+ failed; /.test(line)) {
      const failed = !/ 0 failed; /.test(line);
      // The word of the last test can be lost in what a process that it shares its output with prints.
      if (this.#open) this.#open.result ??= failed && !this.#failed ? 'FAILED' : 'ok';
      this.#settle();
      this.#saidBye = true;
      this.#say({ t: 'bye', ...(this.#failed || failed ? { code: failedCode } : {}) });
      return true;
    }
    if (this.#explaining === null) return false;
    const [, name] = /^---- (.*) stdout ----$/.exec(line) ?? [];
    if (name !== undefined) this.#explaining = name;
    else if (this.#explaining !== '')
      this.#notes.set(this.#explaining, appended(this.#notes.get(this.#explaining) ?? '', `${line}\n`));
    return true;
  }

  /**
   * The harness writes "test result: ", the word and the numbers one by one, and a process that a test has left may print
   * between them. The numbers alone are its sum only where they are of all tests that were asked for and all have begun.
   */
  #isWholeSum(line: string): boolean {
    const numbers = /\. (\d+) passed; (\d+) failed; (\d+) ignored; \d+ measured; /.exec(line)?.slice(1) ?? [];
    const sum = numbers.reduce((total, number) => total + Number(number), 0);
    return numbers.length > 0 && sum === this.#ordered.size && this.#started.size === this.#ordered.size;
  }

  /** A line, or what there is of it, may be the beginning of a test that was asked for, once the one before has a result. */
  #begin(line: string): void {
    if (!line.startsWith('test ') || (this.#open && this.#open.result === null)) return;
    const [heading = '', name = '', shouldPanic] = /^test (.*?)( - should panic)? \.\.\. /.exec(line) ?? [];
    const test = this.#ordered.get(name);
    if (!test || this.#started.has(name)) return;
    this.#settle();
    this.#started.add(name);
    const mark = this.#errors.length;
    this.#open = { name, test, heading, mark, startedAt: performance.now(), shouldPanic: !!shouldPanic, result: null };
    this.#say({ t: 'start', ...refOf(test) });
  }

  #settle(): void {
    const open = this.#open;
    if (!open?.result) return;
    this.#open = null;
    const end = { t: 'end', ...refOf(open.test), ms: performance.now() - open.startedAt } as const;
    if (open.result === 'ok') {
      // Its panic is its own too, and explains no other test.
      if (open.shouldPanic) this.#unexplained.push(open);
      return this.#say({ ...end, state: 'passed' });
    }
    if (open.result !== 'FAILED')
      return this.#say({ ...end, state: 'skipped', reason: open.result.replace(/^ignored(?:, )?/, '') });
    this.#failed = true;
    this.#explainLate();
    const failures = this.#explained(open);
    // Its standard error may come later than the word that it failed.
    if (!failures) this.#unexplained.push(open);
    this.#say({ ...end, state: 'failed', ...(failures ? { failures } : {}) });
  }

  /** In their order, so that none takes what explains the one before it. */
  #explainLate(): void {
    this.#unexplained = this.#unexplained.filter(open => {
      const failures = this.#explained(open);
      if (failures && open.result !== 'ok') this.#add(open, failures);
      return !failures;
    });
  }

  #add({ test }: Open, failures: readonly FailureMessage[]): void {
    for (const failure of failures) this.#say({ t: 'error', phase: 'teardown', ...refOf(test), failure });
  }

  /**
   * The panics of its own thread, whose name is that of the test. Before Rust 1.64 all are of the main thread: then it is the next
   * one that no other test has taken, with those of threads before it. A panic of another thread alone fails no test.
   */
  #explained({ name, mark, shouldPanic, result }: Open): readonly FailureMessage[] | null {
    const own = panicsIn(this.#errors, this.#root).filter(({ thread }) => thread === name);
    if (own.length > 0) return own.map(({ failure }) => failure);
    // Of two pipes either may be read first, so in the end what came before the word of the start counts too.
    const from = this.#ended ? this.#taken : Math.max(mark, this.#taken);
    const errors = this.#errors.slice(from);
    const panics = panicsIn(errors, this.#root);
    // One that failed because it did not panic, or not in those words, is explained by the notes at the end.
    if (shouldPanic && result !== 'ok') return null;
    const others = panics.filter(({ thread }) => !this.#ordered.has(thread));
    const last = others.findIndex(({ thread }) => thread === 'main');
    const end = others[last]?.end;
    const error = shouldPanic ? null : errorIn(errors);
    if (error && (end === undefined || error.end <= end)) {
      // What a test gives back is printed, and then the harness itself may panic of it.
      this.#taken = from + (end ?? error.end);
      return [error.failure];
    }
    if (end === undefined) return null;
    this.#taken = from + end;
    return others.slice(0, last + 1).map(({ failure }) => failure);
  }
}

/** Weakly: the word stands first and something else was printed before the end of its line. */
function toldBy(text: string, weakly: boolean): string | undefined {
  return /(?:ok|FAILED)$/.exec(text)?.[0] ?? (weakly ? /^(?:ok|FAILED)/.exec(text)?.[0] : undefined);
}

function refOf({ titlePath, ordinal }: TestInfo): { readonly path: readonly string[]; readonly ordinal: number } {
  return { path: titlePath, ordinal };
}
