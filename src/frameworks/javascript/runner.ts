import type { FrameworkName } from '../../config/settings.ts';

/** By what a framework of JavaScript is recognised. */
export interface Runner {
  readonly name: FrameworkName;
  /** As it stands at the beginning of a sentence. */
  readonly title: string;
  /** Its package in the npm registry, and the oldest major version that Bulkhead works with. */
  readonly package: string;
  readonly oldest: number;
  /** Where that alone says too little. */
  readonly oldestMinor?: number;
  /** Globs of the names of its configuration. */
  readonly configs: readonly string[];
  /** The key of a package.json that holds its configuration. */
  readonly manifestKey?: string;
  /** What its command is called in the scripts of a package.json. */
  readonly command: RegExp;
}

/** How the commands that run tests are called: where only others are used, a dependency alone says nothing. */
export const commands = {
  mocha: /\b_?mocha\b/,
  vitest: /\bvitest\b/,
  jest: /\bjest\b/,
  playwright: /\bplaywright test\b/,
  node: /\bnode\b[^&|;]*\s--test\b/,
  other: /\b(ava|jasmine|karma|tap|tape|uvu|cypress)\b/,
} as const;
