import type { InsideBody } from '../../../protocol/events.ts';
import type { TestInfo } from '../../../protocol/tests.ts';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import { FileAccount, type Point } from '../file-account.ts';
import type { OutputTranslator, ProcessEnd } from '../../framework.ts';
import { Lines } from '../../lines.ts';
import { diagnosisOf, durationIn } from './diagnosis.ts';
import { isAbout, type PerlNote, PerlNotes } from './notes.ts';
import { TapReader, type TapTest } from './reader.ts';

/** Beyond these it is not looked for whose note it is. */
const mostWaiting = 1000;

/** The file is a test, and each test point of what it prints is a part of that. */
export class TapTranslator implements OutputTranslator {
  readonly #cwd: string;
  readonly #account: FileAccount;
  readonly #reader = new TapReader(
    test => this.#tell(test),
    test => this.#account.start([test.title]),
  );
  readonly #lines = new Lines(line => this.#reader.push(line));
  readonly #notes = new PerlNotes(note => this.#explain(note));
  readonly #errorLines = new Lines(line => this.#notes.push(line));
  /** Notes on tests that are not told yet, and tests that failed without a word. */
  readonly #early: PerlNote[] = [];
  readonly #unexplained: { readonly title: string; readonly point: Point }[] = [];

  constructor(tests: readonly TestInfo[], cwd: string, say: (event: InsideBody) => void) {
    this.#cwd = cwd;
    this.#account = new FileAccount('tap', tests, say);
  }

  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    (from === 'stdout' ? this.#lines : this.#errorLines).push(chunk);
    return chunk;
  }

  end({ code, signal }: ProcessEnd): void {
    this.#errorLines.end();
    this.#notes.end();
    this.#lines.end();
    this.#reader.end();
    for (const { title, point } of this.#unexplained.splice(0))
      this.#account.explain(point, diagnosisOf(title, '', this.#cwd));
    const { planned, told, skipped, bailOut, faults } = this.#reader.account;
    // What it planned and did not tell, it was kept from telling: how it ended says more.
    if (signal !== null || (bailOut === null && planned !== null && told < planned)) return;
    if (planned === null && told === 0 && bailOut === null && code !== 0) return;
    const wrong = [
      ...(bailOut === null ? [] : [`Bail out! ${bailOut}`.trim()]),
      ...(planned === null && bailOut === null
        ? ['It printed no plan ("1..N"), so nobody knows whether tests are missing.']
        : []),
      ...(planned !== null && told > planned ? [`It planned ${planned} tests and told of ${told}.`] : []),
      ...faults.map(fault => `Its output is not in order: ${fault}.`),
    ];
    this.#account.finish(code ?? 0, { wrong, ...(planned === 0 && skipped !== null ? { skipped } : {}) });
  }

  #tell(test: TapTest, above: readonly string[] = []): void {
    const path = [...above, test.title];
    for (const child of test.children) this.#tell(child, path);
    const failed = !test.ok && !test.directive;
    if (failed && test.diagnosis === '') test.diagnosis = this.#noteOn(test.title);
    // What explains it may be read later, from the other pipe.
    const waits = failed && test.diagnosis === '' && this.#unexplained.length < mostWaiting;
    const ms = test.ms ?? durationIn(test.diagnosis);
    const point = this.#account.tell(path, { ...this.#stateOf(test, waits), ...(ms === null ? {} : { ms }) });
    if (waits) this.#unexplained.push({ title: test.title, point });
  }

  #explain(note: PerlNote): void {
    const at = this.#unexplained.findIndex(({ title }) => isAbout(note, title));
    const [test] = at === -1 ? [] : this.#unexplained.splice(at, 1);
    if (test) this.#account.explain(test.point, diagnosisOf(test.title, note.text, this.#cwd));
    else if (this.#early.length < mostWaiting) this.#early.push(note);
  }

  #noteOn(title: string): string {
    const at = this.#early.findIndex(note => isAbout(note, title));
    return at === -1 ? '' : this.#early.splice(at, 1)[0]!.text;
  }

  #stateOf({ ok, directive, title, diagnosis }: TapTest, waits: boolean) {
    if (directive?.kind === 'skip') return { state: 'skipped', reason: directive.reason } as const;
    const failures: FailureMessage[] = ok || waits ? [] : [diagnosisOf(title, diagnosis, this.#cwd)];
    if (directive?.kind === 'todo') {
      const state = ok ? 'passed-unexpectedly' : 'failed-as-expected';
      return { state, reason: directive.reason, failures } as const;
    }
    return { state: ok ? 'passed' : 'failed', failures } as const;
  }
}
