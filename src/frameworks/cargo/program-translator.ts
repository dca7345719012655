import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { OutputTranslator, ProcessEnd } from '../framework.ts';
import { lastLines } from '../lines.ts';
import { panicsIn } from './panics.ts';

const longestTail = 64 * 1024;
const saysIgnored = /^test (.*) \.\.\. ignored/;

/** A program with a `main` of its own, of which all that is known is its exit code: 0 is a pass. */
export class ProgramTranslator implements OutputTranslator {
  readonly #say: (event: InsideBody) => void;
  readonly #root: string;
  readonly #ref: { readonly path: readonly string[]; readonly ordinal: number };
  readonly #listed: { readonly name: string; readonly ignored: boolean } | null;
  readonly #startedAt = performance.now();
  #tail = '';

  /** `listed`: the program lists its tests, and this is one of them. */
  constructor(
    { titlePath, ordinal }: TestInfo,
    root: string,
    listed: { readonly name: string; readonly ignored: boolean } | null,
    say: (event: InsideBody) => void,
  ) {
    this.#say = say;
    this.#root = root;
    this.#listed = listed;
    this.#ref = { path: titlePath, ordinal };
    say({ t: 'hello', framework: 'cargo', version: '' });
    say({ t: 'start', ...this.#ref });
  }

  push(chunk: Buffer): Buffer {
    this.#tail = (this.#tail + chunk.toString('utf8')).slice(-longestTail);
    return chunk;
  }

  end({ code, signal }: ProcessEnd): void {
    if (signal !== null || code === null) return;
    const end = { t: 'end', ...this.#ref, ms: performance.now() - this.#startedAt } as const;
    if (code === 0) {
      this.#say({ ...end, state: this.#isIgnored() ? 'skipped' : 'passed' });
      return this.#say({ t: 'bye' });
    }
    const panics = panicsIn(this.#tail, this.#root).map(({ failure }) => failure);
    const said = { text: [`exit code ${code}`, lastLines(this.#tail)].filter(part => part).join('\n') };
    this.#say({ ...end, state: 'failed', failures: panics.length > 0 ? panics : [said] });
    this.#say({ t: 'bye', code });
  }

  /** By its list, or in the words of libtest, which such programs share. */
  #isIgnored(): boolean {
    if (!this.#listed) return false;
    const { name, ignored } = this.#listed;
    return ignored || this.#tail.split('\n').some(line => saysIgnored.exec(line)?.[1]?.trim() === name);
  }
}
