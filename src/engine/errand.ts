import type { Once } from '../frameworks/framework.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { CagedProcess } from './caged-process.ts';
import { onceEach } from './once.ts';

/** What a run, or whoever else asks, wants built and listed: the same is done once, and all that it started ends with it. */
export class Errand {
  readonly once: Once = onceEach();
  readonly #tools = new Set<CagedProcess>();
  #ended = false;

  /** A framework may take several steps: one that begins after the end is ended as it appears. */
  enter(tool: CagedProcess): void {
    this.#tools.add(tool);
    // Whoever asked for it hears of its failure.
    void tool.finished.catch(() => {}).then(() => this.#tools.delete(tool));
    if (this.#ended) void tool.stop({ kind: 'cancelled' }, true);
  }

  /** The answer is what could not be killed. */
  async end(): Promise<readonly ProcessInfo[]> {
    this.#ended = true;
    const evidence = [...this.#tools].map(async tool => {
      await tool.stop({ kind: 'cancelled' }, true);
      return (await tool.finished).survivors;
    });
    return (await Promise.all(evidence)).flat();
  }
}
