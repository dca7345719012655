import { mergeScriptCovs } from '@bcoe/v8-coverage';
import type { FunctionRanges } from './report.ts';
import type { Arc, Ran, StoredScript } from './shelf.ts';

/** What ran of scripts, added up: V8 tells the ranges of each run as they came out there, so that they are laid over each other. */
export class Ranges {
  readonly #ran = new Map<string, Ran>();

  add(scripts: Iterable<StoredScript>): this {
    for (const { source, ...ran } of scripts) {
      const known = this.#ran.get(source);
      this.#ran.set(source, known ? merged(known, ran) : ran);
    }
    return this;
  }

  get scripts(): StoredScript[] {
    return [...this.#ran].map(([source, ran]) => ({ source, ...ran }));
  }
}

/** A source is measured in one way only. */
function merged(a: Ran, b: Ran): Ran {
  if ('arcs' in a) return 'arcs' in b ? { file: a.file, arcs: union(a.arcs, b.arcs) } : a;
  return { functions: 'functions' in b ? laidOver(a.functions, b.functions) : a.functions };
}

function union(a: readonly Arc[], b: readonly Arc[]): readonly Arc[] {
  return [...new Map([...a, ...b].map(arc => [arc.join(), arc])).values()];
}

function laidOver(a: readonly FunctionRanges[], b: readonly FunctionRanges[]): readonly FunctionRanges[] {
  const scripts = [a, b].map(functions => ({ scriptId: '0', url: '', functions: [...functions] }));
  return mergeScriptCovs(scripts)?.functions ?? [];
}
