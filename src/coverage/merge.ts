import { mergeScriptCovs } from '@bcoe/v8-coverage';
import type { FunctionRanges } from './report.ts';
import type { StoredScript } from './shelf.ts';

/** What ran of scripts, added up: V8 tells the ranges of each run as they came out there, so that they are laid over each other. */
export class Ranges {
  readonly #functions = new Map<string, readonly FunctionRanges[]>();

  add(scripts: Iterable<StoredScript>): this {
    for (const { source, functions } of scripts) {
      const known = this.#functions.get(source);
      this.#functions.set(source, known ? merged(known, functions) : functions);
    }
    return this;
  }

  get scripts(): StoredScript[] {
    return [...this.#functions].map(([source, functions]) => ({ source, functions }));
  }
}

function merged(a: readonly FunctionRanges[], b: readonly FunctionRanges[]): readonly FunctionRanges[] {
  const scripts = [a, b].map(functions => ({ scriptId: '0', url: '', functions: [...functions] }));
  return mergeScriptCovs(scripts)?.functions ?? [];
}
