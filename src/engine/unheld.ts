import { formatBytes } from '../config/quantities.ts';
import type { Limits, Shortcoming } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';

/** Each limit that the cages do not hold is told once a run; the records of its tests say it each. */
export class UnheldLimits {
  readonly #told = new Set<string>();

  *news(unenforced: readonly Shortcoming[], cage: string): Generator<Problem> {
    for (const { limit, because, fix } of unenforced) {
      if (this.#told.has(`${limit} ${because}`)) continue;
      this.#told.add(`${limit} ${because}`);
      const message = `The limit "${limit}" is not enforced in this cage (${cage}): ${because}.`;
      yield { severity: 'warning', key: limit, message, fix, doctor: true };
    }
  }
}

/** Where one cap alone is more than all together may be: each such cap is told once, however many files have it. */
export class LargeCaps {
  readonly #budget: number;
  readonly #told = new Set<number>();

  constructor(budget: number) {
    this.#budget = budget;
  }

  *news(terms: readonly { readonly limits: Pick<Limits, 'memoryBytes'> }[]): Generator<Problem> {
    for (const { limits } of terms) {
      const memory = limits.memoryBytes ?? 0;
      if (memory <= this.#budget || this.#told.has(memory)) continue;
      this.#told.add(memory);
      const [cap, budget] = [memory, this.#budget].map(formatBytes);
      const message = `The cap of ${cap} is more than the ${budget} that caps may add up to, so tests that have it run one at a time.`;
      yield { severity: 'warning', key: 'memory', message, fix: 'Lower "memory", or raise "memoryBudget".' };
    }
  }
}
