import type { InsideBody } from '../../../protocol/events.ts';
import type { TestInfo } from '../../../protocol/tests.ts';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import { FileAccount } from '../file-account.ts';
import type { OutputTranslator, ProcessEnd } from '../../framework.ts';
import { Lines } from '../../lines.ts';
import { diagnosisOf, durationIn } from './diagnosis.ts';
import { TapReader, type TapTest } from './reader.ts';

/** The file is a test, and each test point of what it prints is a part of that. */
export class TapTranslator implements OutputTranslator {
  readonly #cwd: string;
  readonly #account: FileAccount;
  readonly #reader = new TapReader(
    test => this.#tell(test),
    test => this.#account.start([test.title]),
  );
  readonly #lines = new Lines(line => this.#reader.push(line));

  constructor(tests: readonly TestInfo[], cwd: string, say: (event: InsideBody) => void) {
    this.#cwd = cwd;
    this.#account = new FileAccount('tap', tests, say);
  }

  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    if (from === 'stdout') this.#lines.push(chunk);
    return chunk;
  }

  end({ code, signal }: ProcessEnd): void {
    this.#lines.end();
    this.#reader.end();
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
    const ms = test.ms ?? durationIn(test.diagnosis);
    this.#account.tell(path, { ...this.#stateOf(test), ...(ms === null ? {} : { ms }) });
  }

  #stateOf({ ok, directive, title, diagnosis }: TapTest) {
    if (directive?.kind === 'skip') return { state: 'skipped', reason: directive.reason } as const;
    const failures: FailureMessage[] = ok ? [] : [diagnosisOf(title, diagnosis, this.#cwd)];
    if (directive?.kind === 'todo') {
      const state = ok ? 'passed-unexpectedly' : 'failed-as-expected';
      return { state, reason: directive.reason, failures } as const;
    }
    return { state: ok ? 'passed' : 'failed', failures } as const;
  }
}
