import type { CageRequirement } from './diagnosis.ts';
import type { MechanismName } from './limits.ts';

export type Isolation = 'test' | 'suite' | 'file' | 'adaptive';
export type LeakPolicy = 'ignore' | 'warn' | 'fail';
/** In which order the tests of a run have their turn. */
export type Order = 'failed-first' | 'file';
export type Network = 'on' | 'off';
export type WorkspaceWrites = 'kept' | 'discarded';

/** What may be set for some files only. */
export interface LimitSettings {
  /** null: no cap. */
  readonly memory?: number | null;
  readonly swap?: number;
  /** Threads count: the kernel makes no difference. */
  readonly processes?: number | null;
  readonly timeout?: number | null;
  readonly slow?: number | null;
  readonly startup?: number;
  readonly teardown?: number;
  readonly grace?: number;
  readonly output?: number;
  /** null: no file. */
  readonly outputFile?: number | null;
  readonly outputLimit?: number | null;
  readonly idle?: number | null;
  readonly openFiles?: number | null;
  readonly fileSize?: number | null;
  readonly disk?: number | null;
  readonly workspaceWrites?: WorkspaceWrites;
  readonly stack?: number | null;
  readonly cpu?: number | null;
  readonly network?: Network;
  readonly nice?: number;
  readonly isolation?: Isolation;
  readonly leaks?: LeakPolicy;
  /** How often a test that fails is tried again. */
  readonly retries?: number;
  /** Before the first retry; doubled before each further one. */
  readonly retryDelay?: number;
  /** How many of the jobs it counts for; 0: it runs alone. */
  readonly weight?: number;
  /** Names that no two tests have at a time. */
  readonly locks?: readonly string[];
}

export interface Override extends LimitSettings {
  /** Globs relative to the workspace folder; absent: every file. */
  readonly files?: readonly string[];
  /** Words of the titles of the tests that are meant; absent: every test. */
  readonly tests?: readonly string[];
}

/** A way in which a test takes a machine down where nothing holds it back. */
export type DestructivePreset = 'oom' | 'disk-full' | 'stack-overflow' | 'fd-exhaustion' | 'fork-bomb' | 'cpu';

export interface DestructiveTests {
  /** Globs relative to the workspace folder; absent: every file. */
  readonly files?: readonly string[];
  /** Words of the titles of the tests that are meant; absent: the files themselves. */
  readonly tags?: readonly string[];
  readonly preset: DestructivePreset;
}

export interface CommandSettings {
  readonly name: string;
  readonly files: readonly string[];
  readonly exclude: readonly string[];
  /** The command line; `${file}` stands for the test file. */
  readonly command: readonly string[];
  /** Relative to the workspace folder. */
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly verdict: CommandVerdict;
  /** For `junit`: the file that it writes, relative to the workspace folder; absent: where `${report}` says. */
  readonly report?: string;
  /** For `exit-code`: prints the tests of a file, one a line, each of which `${test}` then stands for. */
  readonly list?: readonly string[];
  /** Exit codes that mean "skipped". */
  readonly skipCodes: readonly number[];
}

/** How a command tells what came of its tests. */
export type CommandVerdict = 'exit-code' | 'tap' | 'junit';

/** The frameworks that are found by themselves, as they are called in the configuration. */
export const frameworkNames = [
  'mocha',
  'node-test',
  'vitest',
  'jest',
  'playwright',
  'go',
  'cargo',
  'pytest',
  'bats',
  'ctest',
  'tap',
] as const;
export type FrameworkName = (typeof frameworkNames)[number];

export interface FrameworkSettings {
  readonly enabled: boolean;
  /** Folders to run it in, relative to the workspace folder; absent: wherever it is found. */
  readonly folders?: readonly string[];
  /** The program to run it with (a Node, a Python …); absent: the usual one. */
  readonly program?: string;
  /** More arguments for the framework itself. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type FrameworkLayers = { readonly [N in FrameworkName]?: Partial<FrameworkSettings> };

/** One source of settings: a file, the editor, the command line, the environment. Sizes in bytes, times in milliseconds. */
export interface SettingsLayer extends LimitSettings, FrameworkLayers {
  /** 0: as many as there are cores. */
  readonly jobs?: number;
  readonly order?: Order;
  /** What all caps running at once may add up to; absent: most of the machine's free memory. */
  readonly memoryBudget?: number;
  /** Under so much that is left of the memory around the cages the largest is ended; absent: a small share of it. */
  readonly memoryFloor?: number;
  /** Of a whole run; null: no limit. */
  readonly runTimeout?: number | null;
  /** null: no limit. */
  readonly maxFailures?: number | null;
  /** Files of variables, relative to the workspace folder. */
  readonly envFile?: readonly string[];
  readonly overrides?: readonly Override[];
  readonly destructive?: readonly DestructiveTests[];
  /** The user's own word that destructive tests may run; no project's file can give it. */
  readonly 'destructive.allow'?: boolean;
  readonly 'cage.require'?: readonly CageRequirement[];
  /** For the whole window: there is one kind of cage at a time. */
  readonly 'cage.forbid'?: readonly MechanismName[];
  /** Of a build, in place of a test's limits; null: no cap. */
  readonly 'build.memory'?: number | null;
  readonly 'build.timeout'?: number;
  /** How much of the past is kept; null: no limit. */
  readonly 'history.runs'?: number | null;
  readonly 'history.days'?: number | null;
  readonly 'history.size'?: number | null;
  /** The Node for every framework of JavaScript whose own settings name none. */
  readonly node?: string;
  readonly command?: readonly CommandSettings[];
}

export interface Settings extends Required<LimitSettings>, Readonly<Record<FrameworkName, FrameworkSettings>> {
  readonly jobs: number;
  readonly order: Order;
  readonly memoryBudget: number | null;
  readonly memoryFloor: number | null;
  readonly runTimeout: number | null;
  readonly maxFailures: number | null;
  readonly envFile: readonly string[];
  readonly overrides: readonly Override[];
  readonly destructive: readonly DestructiveTests[];
  readonly 'destructive.allow': boolean;
  readonly 'cage.require': readonly CageRequirement[];
  readonly 'cage.forbid': readonly MechanismName[];
  readonly 'build.memory': number | null;
  readonly 'build.timeout': number;
  readonly 'history.runs': number | null;
  readonly 'history.days': number | null;
  readonly 'history.size': number | null;
  readonly node: string;
  readonly command: readonly CommandSettings[];
}
