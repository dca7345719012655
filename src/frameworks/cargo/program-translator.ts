import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { OutputTranslator, ProcessEnd } from '../framework.ts';
import { lastLines } from '../lines.ts';
import { panicsIn } from './panics.ts';

const longestTail = 64 * 1024;

/** A program with a `main` of its own, of which all that is known is its exit code: 0 is a pass. */
export class ProgramTranslator implements OutputTranslator {
  readonly #say: (event: InsideBody) => void;
  readonly #root: string;
  readonly #ref: { readonly path: readonly string[]; readonly ordinal: number };
  readonly #startedAt = performance.now();
  #tail = '';

  constructor({ titlePath, ordinal }: TestInfo, root: string, say: (event: InsideBody) => void) {
    this.#say = say;
    this.#root = root;
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
      this.#say({ ...end, state: 'passed' });
      return this.#say({ t: 'bye' });
    }
    const panics = panicsIn(this.#tail, this.#root).map(({ failure }) => failure);
    const said = { text: [`exit code ${code}`, lastLines(this.#tail)].filter(part => part).join('\n') };
    this.#say({ ...end, state: 'failed', failures: panics.length > 0 ? panics : [said] });
    this.#say({ t: 'bye', code });
  }
}
