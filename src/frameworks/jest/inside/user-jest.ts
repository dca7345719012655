import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// What is used of the user's jest, in any version from 29 on.

export interface ProjectConfig {
  readonly id: string;
  readonly displayName?: { readonly name: string };
  readonly rootDir: string;
  readonly testMatch: readonly string[];
  readonly testRegex: readonly unknown[];
  readonly testRunner: string;
  readonly runner: string;
}

export type GlobalConfig = Readonly<Record<string, unknown>> & { readonly forceExit?: boolean };

export interface Configs {
  readonly globalConfig: GlobalConfig;
  readonly configs: readonly ProjectConfig[];
}

export type ReadConfigs = (argv: object, projects: readonly string[]) => Promise<Configs>;

export interface FileResult {
  readonly testExecError?: unknown;
  readonly failureMessage?: string | null;
}

interface Core {
  runCLI(argv: object, projects: readonly string[]): Promise<{ results: { testResults: readonly FileResult[] } }>;
  readonly SearchSource: new (context: object) => {
    getTestPaths(config: GlobalConfig, projectConfig?: ProjectConfig): Promise<{ tests: readonly { path: string }[] }>;
  };
}

interface RuntimePart {
  createContext(config: ProjectConfig, options: object): Promise<object>;
}

/** The jest that is installed in the user's project. */
export class UserJest {
  readonly version: string;
  readonly #fromJest: NodeJS.Require;
  readonly #fromCore: NodeJS.Require;

  constructor(folder: string) {
    this.version = (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
    this.#fromJest = createRequire(join(folder, 'package.json'));
    this.#fromCore = createRequire(this.#fromJest.resolve('@jest/core'));
  }

  get core(): Core {
    return this.#fromJest('@jest/core') as Core;
  }

  get runtime(): RuntimePart {
    const part = this.#fromCore('jest-runtime') as RuntimePart & { default?: RuntimePart };
    return part.default ?? part;
  }

  get readConfigs(): ReadConfigs {
    return (this.#fromCore('jest-config') as { readConfigs: ReadConfigs }).readConfigs;
  }

  /** The arguments of jest's own command line, read as it does. */
  async argv(args: readonly string[]): Promise<object> {
    const cli = this.#fromJest('jest-cli') as { buildArgv?: (args: readonly string[]) => unknown };
    if (cli.buildArgv) return (await cli.buildArgv(args)) as object;
    const inner = createRequire(this.#fromJest.resolve('jest-cli'));
    const { buildArgv } = inner('./run') as { buildArgv: (args: readonly string[]) => Promise<object> };
    return buildArgv(args);
  }
}
