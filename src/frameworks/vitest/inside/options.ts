import type { UserVitest, Vitest } from './user-vitest.ts';

/** Those under which one file could not be run by itself, or its results would be written over those of other cages. */
const overruled = {
  watch: false,
  run: true,
  ui: false,
  open: false,
  api: undefined,
  inspect: undefined,
  inspectBrk: undefined,
  reporters: [{}],
  outputFile: undefined,
  coverage: { enabled: false },
  typecheck: { enabled: false },
  cache: false,
  bail: 0,
  shard: undefined,
  changed: undefined,
  related: undefined,
  maxWorkers: 1,
  minWorkers: 1,
  fileParallelism: false,
  mergeReports: undefined,
  // What is printed right where it is printed survives the death of the worker.
  disableConsoleIntercept: true,
} as const;

/** The user's configuration, read by the user's vitest, for runs in a cage. */
export async function createVitest(vitest: UserVitest, project: string | undefined): Promise<Vitest> {
  // As vitest's own command does, before any configuration is read.
  process.env['NODE_ENV'] ??= 'test';
  Object.assign(process.env, { TEST: 'true', VITEST: 'true' });
  const { createVitest: create, parseCLI } = await vitest.node();
  const { options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  // The name is a pattern to vitest, in which only these have a meaning.
  const only = project && !/[*!]/.test(project) ? { project: [project] } : {};
  return create('test', { ...options, ...only, ...overruled });
}
