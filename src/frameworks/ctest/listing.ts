import { isAbsolute, resolve } from 'node:path';

/** A test as `ctest --show-only=json-v1` lists it. */
export interface CtestTest {
  readonly name: string;
  /** By which `ctest -I` chooses it: names may be there twice. */
  readonly number: number;
  readonly willFail: boolean;
  /** Its LABELS. */
  readonly tags: readonly string[];
  /** The listfile in which it is asked for. */
  readonly file: string;
  readonly line?: number;
}

interface Listing {
  readonly backtraceGraph: {
    readonly files: readonly string[];
    readonly nodes: readonly { readonly file: number; readonly line?: number; readonly parent?: number }[];
  };
  readonly tests: readonly {
    readonly name: string;
    readonly backtrace?: number;
    readonly properties?: readonly { readonly name: string; readonly value: unknown }[];
  }[];
}

/** Throws where it is no listing. */
export function listedTests(json: string, root: string): CtestTest[] {
  const { backtraceGraph, tests } = JSON.parse(json) as Listing;
  const placeOf = (start: number | undefined) => {
    let place: { file: string; line?: number } = { file: resolve(root, 'CTestTestfile.cmake') };
    // Outwards: a function that adds tests says less of a test than who calls it.
    for (let at = start; at !== undefined; at = backtraceGraph.nodes[at]?.parent) {
      const node = backtraceGraph.nodes[at];
      const named = node && backtraceGraph.files[node.file];
      if (named === undefined || node?.line === undefined) continue;
      place = { file: isAbsolute(named) ? named : resolve(root, named), line: node.line };
    }
    return place;
  };
  return tests.map(({ name, backtrace, properties = [] }, index) => ({
    name,
    number: index + 1,
    tags: labelsIn(properties),
    willFail: properties.some(property => property.name === 'WILL_FAIL' && property.value === true),
    ...placeOf(backtrace),
  }));
}

function labelsIn(properties: readonly { readonly name: string; readonly value: unknown }[]): readonly string[] {
  const labels = properties.find(({ name }) => name === 'LABELS')?.value;
  return Array.isArray(labels) ? labels.map(label => `@${label}`) : [];
}
