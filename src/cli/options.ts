import type { ParseArgsOptionsConfig } from 'node:util';

/** A flag as `parseArgs` reads it, with what the help says of it. */
export type Option = ParseArgsOptionsConfig[string] & { readonly value?: string; readonly help: string };

const common = {
  folder: { type: 'string', value: 'DIR', help: 'the workspace folder (default: the current folder)' },
  json: { type: 'boolean', help: 'print one JSON document on standard output, and all else on standard error' },
  'no-color': { type: 'boolean', help: 'no colours (also by NO_COLOR; FORCE_COLOR asks for them)' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
} as const satisfies Record<string, Option>;

export const runOptions = {
  key: {
    type: 'string',
    multiple: true,
    value: 'KEY',
    help: 'of the files named, run only the test with this key (from "list --json"); may be repeated',
  },
  memory: { type: 'string', value: 'SIZE', help: 'memory cap of each test: 512M, 2 GiB, none' },
  swap: { type: 'string', value: 'SIZE', help: 'swap that a test may use beyond it (default 0)' },
  timeout: { type: 'string', value: 'TIME', help: 'time limit of each test: 30s, 500ms, 2min, none' },
  'open-files': { type: 'string', value: 'N', help: 'files that each process may have open' },
  'file-size': { type: 'string', value: 'SIZE', help: 'size of each file that a test writes' },
  disk: { type: 'string', value: 'SIZE', help: 'what a test may write to its temporary folder, which is then its own' },
  cpu: { type: 'string', value: 'TIME', help: 'CPU time of each process' },
  network: { type: 'string', value: 'ON|OFF', help: 'on, or off: nothing but its own loopback' },
  nice: { type: 'string', value: 'N', help: 'how much tests give way to everything else: 0 to 19' },
  'run-timeout': { type: 'string', value: 'TIME', help: 'time limit of the whole run' },
  jobs: { type: 'string', short: 'j', value: 'N', help: 'cages running at once: a number, or auto' },
  isolation: {
    type: 'string',
    value: 'WHAT',
    help: 'what gets a cage of its own: test, suite, file, or adaptive (what failed again alone)',
  },
  retries: {
    type: 'string',
    value: 'N',
    help: 'try a test that fails so often again, alone; one that passes then is shown as flaky',
  },
  'max-failures': { type: 'string', value: 'N', help: 'begin no further test after so many have failed' },
  'fail-fast': { type: 'boolean', help: 'the same as --max-failures 1' },
  leaks: { type: 'string', value: 'POLICY', help: 'processes that a test leaves: ignore, warn or fail' },
  'allow-destructive': {
    type: 'boolean',
    help: 'run tests that the configuration calls destructive (also: BULKHEAD_ALLOW_DESTRUCTIVE=1)',
  },
  coverage: {
    type: 'boolean',
    help: 'measure lines, branches and functions that tests run (mocha, node:test, vitest, jest, pytest)',
  },
  output: {
    type: 'string',
    short: 'o',
    multiple: true,
    value: 'FILE',
    help: 'write a report: .json, .xml (JUnit), .md, or .info (coverage as lcov); may be repeated',
  },
  verbose: {
    type: 'boolean',
    help: 'show everything that did not pass, with the evidence for its verdict and its numbers',
  },
  quiet: { type: 'boolean', short: 'q', help: 'print failures and the summary alone' },
  ...common,
} as const satisfies Record<string, Option>;

export const initOptions = common;

export const listOptions = common;

export const historyOptions = {
  limit: { type: 'string', short: 'n', value: 'N', help: 'how many runs to show (default 20)' },
  ...common,
} as const satisfies Record<string, Option>;

export const showOptions = {
  verbose: { type: 'boolean', help: 'show everything that did not pass, and not only the failures' },
  ...common,
} as const satisfies Record<string, Option>;

export const doctorOptions = common;

export const machineOptions = {
  json: common.json,
  'no-color': common['no-color'],
  help: common.help,
} as const satisfies Record<string, Option>;

export const mcpOptions = {
  folder: common.folder,
  help: common.help,
} as const satisfies Record<string, Option>;

export const topOptions = {
  help: common.help,
  version: { type: 'boolean', short: 'v', help: 'print the version' },
} as const satisfies Record<string, Option>;
