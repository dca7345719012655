import Module from 'node:module';
import { dirname } from 'node:path';
import type { Configs, GlobalConfig, ProjectConfig, ReadConfigs, UserJest } from './user-jest.ts';

/** Those under which one file could not be run by itself, or its results would be written over those of other cages. */
export const overruled = {
  watch: false,
  watchAll: false,
  watchman: false,
  bail: 0,
  collectCoverage: false,
  collectCoverageFrom: [],
  coverageThreshold: undefined,
  onlyChanged: false,
  onlyFailures: false,
  findRelatedTests: false,
  listTests: false,
  filter: undefined,
  json: false,
  outputFile: undefined,
  notify: false,
  notifyMode: 'failure-change',
  reporters: [],
  shard: undefined,
  testNamePattern: '',
  runInBand: true,
  maxWorkers: 1,
  workerIdleMemoryLimit: undefined,
  detectOpenHandles: false,
  passWithNoTests: true,
  // What is printed right where it is printed survives the death of the process.
  verbose: true,
} as const;

export interface Interception {
  readonly change: (configs: Configs) => Configs;
  readonly runner: TestRunner;
}

export interface TestRunner {
  /** What jest believes to be its file; no transformer of the user's ever sees it. */
  readonly file: string;
  readonly run: (...args: never[]) => unknown;
}

/** Changes what jest reads of its configuration, and puts a runner of ours into the place of the user's. */
export function intercept({ change, runner }: Interception): void {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(loader);
  loader._load = (request, ...rest) => {
    if (request === runner.file) return runner.run;
    const loaded = load(request, ...rest);
    if (request !== 'jest-config') return loaded;
    const { readConfigs } = loaded as { readConfigs: ReadConfigs };
    const changed: ReadConfigs = async (argv, projects) => change(await readConfigs(argv, projects));
    return { ...(loaded as object), readConfigs: changed };
  };
}

export interface Chosen {
  readonly configs: Configs;
  readonly project: ProjectConfig;
}

/** The configuration for one file of one project, or for some of its tests. */
export function forFile(
  { globalConfig, configs }: Configs,
  { id, file, partly, runner }: { id: string; file: string; partly: boolean; runner: TestRunner },
): Chosen | null {
  const project = configs.find(each => each.id === id) ?? (id === '' ? configs[0] : undefined);
  if (!project) return null;
  const changed: GlobalConfig = {
    ...globalConfig,
    ...overruled,
    nonFlagArgs: [file],
    runTestsByPath: true,
    // Other cages run the rest of the file at the same time, and would write the same snapshots.
    ...(partly ? { updateSnapshot: 'none' } : {}),
  };
  const own = { ...project, testRunner: runner.file };
  return { configs: { ...{ globalConfig: changed }, configs: [own] }, project };
}

export async function argvOf(jest: UserJest): Promise<{ argv: object; projects: readonly string[] }> {
  const argv = await jest.argv([...process.argv.slice(2), '--watchman=false']);
  const { projects } = argv as { projects?: readonly string[] };
  return { argv, projects: projects?.length ? projects : [process.cwd()] };
}

/** Null: its tests can be run here. */
export function unfitness({ testRunner, runner }: ProjectConfig): string | null {
  if (!/[\\/]jest-runner[\\/]/.test(runner)) return `it has a runner of its own (${runner})`;
  if (/[\\/]jest-jasmine2[\\/]/.test(testRunner)) return 'it uses jest-jasmine2, which jest itself has given up';
  if (!/[\\/]jest-circus[\\/]/.test(testRunner)) return `it has a test runner of its own (${dirname(testRunner)})`;
  return null;
}
