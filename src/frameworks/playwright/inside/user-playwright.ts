import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// What is used of the user's playwright, in any version from 1.50 on.

export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A part of a file: `_only` and `_parallelMode` are what playwright's own filters look at. */
export interface SuiteNode {
  readonly title: string;
  readonly parent?: SuiteNode;
  readonly location?: Location;
  readonly suites: readonly SuiteNode[];
  readonly _only?: boolean;
  readonly _parallelMode?: string;
  allTests(): TestNode[];
  project(): { readonly name: string } | undefined;
}

export interface TestNode {
  readonly id: string;
  readonly title: string;
  readonly parent: SuiteNode;
  readonly location: Location;
  readonly expectedStatus: string;
  readonly tags: readonly string[];
  readonly retries: number;
  readonly annotations: readonly Annotation[];
  readonly results: readonly TestResult[];
  readonly _only?: boolean;
  titlePath(): string[];
  outcome(): 'skipped' | 'expected' | 'unexpected' | 'flaky';
}

export interface Annotation {
  readonly type: string;
  readonly description?: string;
}

export interface TestResult {
  readonly status?: string;
  readonly duration: number;
  readonly errors: readonly { readonly message?: string; readonly stack?: string; readonly value?: string }[];
}

interface ProjectInternal {
  readonly project: {
    readonly name: string;
    readonly testDir: string;
    readonly outputDir: string;
    readonly testMatch: string | RegExp | readonly (string | RegExp)[];
  };
}

export interface ConfigInternal {
  readonly config: { readonly configFile?: string };
  readonly webServers: readonly unknown[];
  readonly projects: readonly ProjectInternal[];
}

interface ConfigLoader {
  readonly loadConfigFromFile?: (file: string | undefined) => Promise<ConfigInternal>;
  /** Until 1.52. */
  readonly loadConfigFromFileRestartIfNeeded?: (file: string | undefined) => Promise<ConfigInternal>;
}

interface ProjectUtils {
  collectFilesForProject(this: void, project: ProjectInternal): Promise<Iterable<string>>;
}

/** The playwright that is installed in the user's project. */
export class UserPlaywright {
  readonly version: string;
  readonly #require: NodeJS.Require;
  readonly #lib: string;

  constructor(home: string) {
    // The package that people install is an empty shell around this one.
    const manifest = createRequire(join(home, 'package.json')).resolve('playwright/package.json');
    this.version = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
    this.#require = createRequire(manifest);
    this.#lib = join(dirname(manifest), 'lib');
  }

  /** Its command, with all that follows from it. */
  async command(argv: readonly string[]): Promise<void> {
    const { program } = this.#require(join(this.#lib, 'program.js')) as {
      program: { parseAsync(argv: readonly string[], options: { from: 'user' }): Promise<unknown> };
    };
    await program.parseAsync(argv, { from: 'user' });
  }

  async config(file: string | undefined): Promise<ConfigInternal> {
    const loader = this.#part<ConfigLoader>('common', 'configLoader');
    return (loader.loadConfigFromFile ?? loader.loadConfigFromFileRestartIfNeeded!)(file);
  }

  async files(project: ProjectInternal): Promise<string[]> {
    const { collectFilesForProject } = this.#part<ProjectUtils>('runner', 'projectUtils');
    return [...(await collectFilesForProject(project))].sort();
  }

  /** A module of its own until 1.5x, and later a part of a bundle. */
  #part<T>(folder: string, name: string): T {
    try {
      return this.#require(join(this.#lib, folder, `${name}.js`)) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
    return (this.#require(join(this.#lib, folder)) as Record<string, T>)[name]!;
  }
}
