import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// What is used of the user's mocha, in any version from 9 on.

export interface Suite {
  readonly title: string;
  readonly root: boolean;
  readonly file?: string;
  readonly parent?: Suite;
  suites: Suite[];
  tests: Test[];
  _onlyTests: Test[];
  _onlySuites: Suite[];
  bail(): boolean;
  hasOnly(): boolean;
  filterOnly(): unknown;
  once(event: 'run', listener: () => void): void;
}

export interface Test {
  readonly type: 'test';
  readonly title: string;
  readonly file?: string;
  readonly parent?: Suite;
  readonly duration?: number;
  fn?: (this: unknown, ...args: unknown[]) => unknown;
  isPending(): boolean;
  fullTitle(): string;
  currentRetry(): number;
  /** Each retry runs a clone; this is the test as it was written. */
  retriedTest(): Test | undefined;
}

export interface Hook {
  readonly type: 'hook';
  readonly title: string;
  readonly originalTitle?: string;
  readonly parent?: Suite;
  /** Of hooks before and after each test, the test; of those around a suite, its first or its last one. */
  readonly ctx?: { readonly currentTest?: Test };
}

/** Mocha's stand-in for an error that came when nothing was running. */
export interface Nothing {
  readonly type?: undefined;
  readonly title: string;
}

export interface Runner {
  readonly suite: Suite;
  total: number;
  readonly state?: string;
  /** Mocha's own listeners of the process, which it sets up when it begins to run. */
  uncaught(error: unknown): void;
  unhandled(reason: unknown, promise: unknown): void;
  on(event: 'start' | 'end', listener: () => void): void;
  on(event: 'test' | 'pass' | 'pending' | 'test end', listener: (test: Test) => void): void;
  on(event: 'hook end', listener: (hook: Hook) => void): void;
  on(event: 'fail', listener: (runnable: Test | Hook | Nothing, error: unknown) => void): void;
}

export interface MochaOptions {
  readonly delay?: boolean;
  readonly grep?: RegExp;
  readonly invert?: boolean;
}

export interface Mocha {
  readonly suite: Suite;
  readonly options: MochaOptions;
  reporter(reporter: new (runner: Runner, options: MochaOptions) => object): unknown;
}

export interface MochaClass {
  prototype: {
    loadFilesAsync: (this: Mocha, ...rest: unknown[]) => Promise<unknown>;
    runGlobalSetup: (this: Mocha, ...rest: unknown[]) => Promise<unknown>;
    runGlobalTeardown: (this: Mocha, ...rest: unknown[]) => Promise<unknown>;
    run: (this: Mocha, done?: (failures: number) => void) => unknown;
  };
  Runnable: { prototype: { timeout(ms?: number | string): unknown } };
  Suite: { prototype: { addTest: (this: Suite, test: Test) => Suite } };
  reporters: { Base: { showDiff?: (error: object) => unknown } };
  utils: { stringify(value: unknown): string };
}

/** Options as mocha's own `loadOptions` gives them; positional arguments, `spec` among them, are in `_`. */
export interface LoadedOptions {
  _: string[];
  [name: string]: unknown;
}

interface RunHelpers {
  handleRequires?: (...args: unknown[]) => Promise<unknown>;
}

interface Parts {
  'lib/cli/options': { loadOptions(argv: string[]): LoadedOptions };
  'lib/cli/config': { findConfig(): string | null | undefined };
  'lib/cli/node-flags': {
    isNodeFlag: (flag: string) => boolean;
    impliesNoTimeouts: (flag: string) => boolean;
    unparseNodeFlags: (flags: Record<string, unknown>) => string[];
  };
  'lib/cli/collect-files': (query: Record<string, unknown>) => string[] | { readonly files: string[] };
  'lib/cli/run-helpers': RunHelpers;
  'lib/mocha': MochaClass;
}

/** The mocha that is installed in the user's project. From 12 on its modules end in `.cjs`, and its entry is ESM. */
export class UserMocha {
  readonly folder: string;
  readonly #require: NodeJS.Require;

  constructor(folder: string) {
    this.folder = folder;
    this.#require = createRequire(join(folder, 'package.json'));
  }

  get version(): string {
    return (JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8')) as { version: string }).version;
  }

  part<N extends keyof Parts>(name: N): Parts[N] {
    const path = join(this.folder, name);
    return this.#require(existsSync(`${path}.cjs`) ? `${path}.cjs` : `${path}.js`) as Parts[N];
  }

  /** Not even what a test sets for itself counts. */
  withoutTimeouts(): void {
    // Called without a value it tells the limit, of which 0 means none.
    this.part('lib/mocha').Runnable.prototype.timeout = function (...limit) {
      return limit.length === 0 ? 0 : this;
    };
  }

  async main(options: LoadedOptions): Promise<void> {
    const cli = (await import(pathToFileURL(join(this.folder, 'lib/cli/cli.js')).href)) as {
      main(argv: string[], options: LoadedOptions): unknown;
    };
    await cli.main([], options);
  }
}
