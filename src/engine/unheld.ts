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
      yield { severity: 'warning', key: limit, message, fix };
    }
  }
}

/** Where one cap alone is more than all together may be. */
export function largeCap(file: string, terms: readonly { readonly limits: Limits }[], budget: number): Problem | null {
  const memory = terms.reduce((largest, { limits }) => Math.max(largest, limits.memoryBytes ?? 0), 0);
  if (memory <= budget) return null;
  return {
    severity: 'warning',
    file,
    key: 'memory',
    message: `The cap of ${formatBytes(memory)} is more than the ${formatBytes(budget)} that caps may add up to, so its tests run one at a time.`,
    fix: 'Lower "memory" for this file, or raise "memoryBudget".',
  };
}
