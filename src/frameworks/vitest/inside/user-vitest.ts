import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// What is used of the user's vitest, in any version from 3 on.

export interface ProjectConfig {
  name: string;
  runner?: string;
  includeTaskLocation?: boolean;
  setupFiles: readonly string[];
  include: readonly string[];
  exclude: readonly string[];
  root: string;
  passWithNoTests?: boolean;
  pool?: unknown;
  testTimeout?: number;
  hookTimeout?: number;
  browser?: { readonly enabled?: boolean };
}

interface ModuleGraph {
  readonly idToModuleMap: ReadonlyMap<
    string,
    { readonly file: string | null; readonly transformResult?: { readonly map: object | null } | null }
  >;
}

export interface TestProject {
  readonly name: string;
  readonly config: ProjectConfig;
  readonly vite: {
    readonly config: { readonly server: { readonly fs: { readonly allow: string[] } } };
    /** From Vite 6 on. */
    readonly environments?: Readonly<Record<string, { readonly moduleGraph: ModuleGraph }>>;
  };
  globTestFiles(): Promise<{ readonly testFiles: readonly string[] }>;
  createSpecification(file: string): object;
}

export interface Vitest {
  readonly projects: readonly TestProject[];
  readonly vite: {
    readonly config: { readonly configFile?: string; readonly configFileDependencies: readonly string[] };
  };
  readonly state: {
    getUnhandledErrors(): readonly unknown[];
    getFiles(): readonly { readonly tasks: readonly unknown[] }[];
  };
  readonly config: { readonly dangerouslyIgnoreUnhandledErrors?: boolean; readonly onUnhandledError?: unknown };
  runTestSpecifications(specifications: readonly object[], all: boolean): Promise<unknown>;
  close(): Promise<void>;
}

interface NodePart {
  createVitest(this: void, mode: 'test', options: Readonly<Record<string, unknown>>): Promise<Vitest>;
  parseCLI(this: void, argv: readonly string[]): { readonly options: Readonly<Record<string, unknown>> };
}

type Exports = Readonly<Record<string, { readonly default?: string; readonly import?: { readonly default?: string } }>>;

/** The vitest that is installed in the user's project. */
export class UserVitest {
  readonly folder: string;
  readonly version: string;
  readonly #exports: Exports;

  constructor(folder: string) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version: string;
      exports: Exports;
    };
    this.folder = folder;
    this.version = manifest.version;
    this.#exports = manifest.exports;
  }

  node(): Promise<NodePart> {
    return import(this.#url('./node')!) as Promise<NodePart>;
  }

  /** The modules with the class that runs tests and what goes with it: from 4.1 on the main one, and the others warn that they are deprecated. */
  get runners(): readonly string[] {
    const [major = 0, minor = 0] = this.version.split('.').map(Number);
    const names = major > 4 || (major === 4 && minor >= 1) ? ['.'] : ['./runners', './suite'];
    return names.map(name => this.#url(name)!);
  }

  #url(name: string): string | null {
    const entry = this.#exports[name];
    const file = entry?.default ?? entry?.import?.default;
    return file === undefined ? null : pathToFileURL(join(this.folder, file)).href;
  }
}
