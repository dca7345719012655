/** What a call defines: a suite, a test, or nothing by itself (a module, of which only the members do). */
export type Role = 'suite' | 'test' | 'module';

/** The words of one framework. */
export interface Vocabulary {
  /** Names that define without being imported, or imported from a module of the user's own that wraps the framework's. */
  readonly globals: Readonly<Record<string, Role>>;
  /** Modules whose exports define, whatever they are called where they are imported. */
  readonly modules: readonly string[];
  readonly exports: Readonly<Record<string, Role>>;
  /** What such a module is as a whole: its default export, or what `require` gives. */
  readonly whole: Role;
  /** Suites without a title add nothing to the titles of their tests. */
  readonly untitledSuites: boolean;
  /** The tests of a suite run before the suites in it. */
  readonly testsFirst: boolean;
}

const words = { describe: 'suite', suite: 'suite', it: 'test', test: 'test' } as const;

const marked = { xdescribe: 'suite', xit: 'test', xtest: 'test', fdescribe: 'suite', fit: 'test' } as const;

export const mochaWords: Vocabulary = {
  globals: { ...words, ...marked, context: 'suite', xcontext: 'suite', specify: 'test', xspecify: 'test' },
  modules: ['mocha'],
  exports: { ...words, context: 'suite', specify: 'test', xdescribe: 'suite', xit: 'test' },
  whole: 'module',
  untitledSuites: false,
  testsFirst: true,
};

export const nodeTestWords: Vocabulary = {
  globals: {},
  modules: ['node:test'],
  exports: words,
  whole: 'test',
  untitledSuites: false,
  testsFirst: false,
};

export const jestWords: Vocabulary = {
  globals: { describe: 'suite', it: 'test', test: 'test', ...marked },
  modules: ['@jest/globals'],
  exports: { describe: 'suite', it: 'test', test: 'test', ...marked },
  whole: 'module',
  untitledSuites: false,
  testsFirst: false,
};

export const vitestWords: Vocabulary = {
  globals: words,
  modules: ['vitest'],
  exports: words,
  whole: 'module',
  untitledSuites: false,
  testsFirst: false,
};

export const playwrightWords: Vocabulary = {
  globals: { test: 'test' },
  modules: ['@playwright/test', 'playwright/test'],
  exports: { test: 'test' },
  whole: 'test',
  untitledSuites: true,
  testsFirst: false,
};
