import { execFile } from 'node:child_process';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Isolation, SettingsLayer } from '../../../src/config/settings.ts';
import { newestGo } from '../../unit/frameworks/go/versions.ts';
import { installedLine } from '../../unit/frameworks/pytest/versions.ts';
import { linkJest } from '../../unit/frameworks/jest/versions.ts';
import { linkPlaywright } from '../../unit/frameworks/playwright/versions.ts';
import { linkVitest } from '../../unit/frameworks/vitest/versions.ts';
import type { TestWorkspace } from '../workspace.ts';
import type { Deviation, Fault } from './faults.ts';

export interface FaultyFramework<F extends string = Fault> {
  /** The folder `test/fixtures/faults/<name>`, or of another table. */
  readonly name: string;
  /** Beside another of that name. */
  readonly version?: string;
  /** Absent: both. */
  readonly isolations?: readonly Isolation[];
  readonly settings?: SettingsLayer;
  /** Brings the framework itself into the workspace. */
  readonly prepare?: (workspace: TestWorkspace) => unknown;
  /** Why it cannot be had on this machine; null: it can. */
  readonly unavailable?: () => string | null | Promise<string | null>;
  readonly deviations?: Partial<Record<F, Deviation>>;
  /** The environment of what a test has left says which test it was, also in a shared cage. */
  readonly namesOrigins?: true;
}

const waitsForOutput: Deviation = {
  culprit: 'timed-out/test',
  attribute: undefined,
  because: 'ctest waits for whoever holds the output of a test',
};

const ofGo: FaultyFramework['deviations'] = {
  'heap-oom': { missing: true, because: 'its heap has no limit of its own' },
  'live-handle': { missing: true, because: 'its process ends with its tests, whatever else runs in it' },
  'late-throw': { missing: true, because: 'its process ends with its tests, and nothing comes later' },
  'kill-worker': { missing: true, because: 'it has no worker' },
};

const pytest = await installedLine();

/** A framework joins by one line here and its folder of faults. */
export const frameworks: readonly FaultyFramework[] = [
  {
    name: 'mocha',
    prepare: workspace => workspace.linkFrameworks(),
    deviations: {
      'kill-worker': { missing: true, because: 'it has no worker: the tests run in its own process' },
    },
  },
  { name: 'go', deviations: ofGo },
  {
    name: 'go',
    version: 'the newest',
    // Which cage it is makes no difference to a version.
    isolations: ['file'],
    prepare: async workspace => {
      const line = await newestGo();
      const go = 'go' in line ? { go: line.go } : {};
      workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { go } }));
    },
    unavailable: async () => {
      const line = await newestGo();
      return 'missing' in line ? line.missing : null;
    },
    deviations: ofGo,
  },
  {
    name: 'cargo',
    deviations: {
      'heap-oom': { missing: true, because: 'its heap has no limit of its own' },
      'live-handle': { missing: true, because: 'its process ends with its tests, whatever else runs in it' },
      'late-throw': { missing: true, because: 'its process ends with its tests, and nothing comes later' },
      'kill-worker': { missing: true, because: 'it has no worker' },
    },
  },
  {
    name: 'pytest',
    namesOrigins: true,
    // Python takes a while to end in order on a machine that does much else.
    settings: {
      teardown: 4000,
      pytest: { enabled: true, ...('python' in pytest ? { program: pytest.python } : {}) },
    },
    unavailable: () => ('missing' in pytest ? pytest.missing : null),
    deviations: {
      'kill-worker': { missing: true, because: 'it has no worker: the processes of pytest-xdist are overruled' },
    },
  },
  {
    name: 'node-test',
    deviations: {
      'kill-worker': { missing: true, because: 'it has no worker: the file is run in its own process' },
    },
  },
  {
    name: 'bats',
    namesOrigins: true,
    // It passes on what it is told a byte at a time.
    settings: { outputLimit: 1024 ** 2 },
    deviations: {
      'exit-0': { culprit: 'failed', because: 'bats sees a test that ends its shell, and calls it failed' },
      'exit-3': { culprit: 'failed', because: 'bats sees a test that ends its shell, and calls it failed' },
      'heap-oom': { missing: true, because: 'a shell has no heap with a limit' },
      'late-throw': { missing: true, because: 'each test ends with its own shell' },
      'kill-worker': { missing: true, because: 'its worker is the shell of the test: see kill-self' },
    },
  },
  {
    name: 'jest',
    settings: {
      memory: 256 * 1024 ** 2,
      jest: { enabled: true, env: { NODE_OPTIONS: '--max-old-space-size=100' } },
    },
    prepare: ({ root }) => linkJest(root),
    deviations: {
      'kill-worker': { missing: true, because: 'it has no worker: the file is run in its own process' },
    },
  },
  {
    name: 'vitest',
    // Vite and the worker of the tests are two processes.
    settings: { memory: 320 * 1024 ** 2 },
    prepare: ({ root }) => linkVitest(root),
    deviations: {
      'exit-0': { culprit: 'failed', because: 'its worker makes an exception of the call' },
      'exit-3': { culprit: 'failed', because: 'its worker makes an exception of the call' },
      'live-handle': { culprit: 'passed', because: 'its worker is ended with its tests, whatever else runs in it' },
    },
  },
  {
    name: 'playwright',
    settings: {
      memory: 400 * 1024 ** 2,
      playwright: { enabled: true, env: { NODE_OPTIONS: '--max-old-space-size=100' } },
    },
    prepare: ({ root }) => linkPlaywright(root),
    deviations: {
      'live-handle': { culprit: 'passed', because: 'its worker is ended with its tests, whatever else runs in it' },
    },
  },
  {
    name: 'command',
    isolations: ['test'],
    deviations: {
      'exit-0': { missing: true, because: 'for a program, that is a pass' },
      'exit-3': { culprit: 'failed', because: 'for a program, that is a failure' },
      'live-handle': { missing: true, because: 'the process is the test: it would be a test that does not end' },
      'late-throw': { missing: true, because: 'the process is the test: nothing comes after it' },
      'kill-worker': { missing: true, because: 'it has no worker' },
    },
  },
  {
    name: 'tap',
    isolations: ['test'],
    // The same faults, in programs that print TAP around them.
    prepare: async ({ root }) => {
      const shells = { before: 'true\n', after: 'true\n' };
      for (const name of ['exit-0', ...(await foldersOfCommand(root))])
        for (const [role, text] of Object.entries(shells)) await writeFile(join(root, name, `${role}.sh`), text);
    },
    deviations: {
      'live-handle': { missing: true, because: 'the process is the file: it would be a file that does not end' },
      'late-throw': { missing: true, because: 'the process is the file: nothing comes after it' },
      'kill-worker': { missing: true, because: 'it has no worker' },
    },
  },
  {
    name: 'ctest',
    // It passes on line by line what it is told, each with its number.
    settings: { timeout: 8000, outputLimit: 128 * 1024 },
    prepare: async ({ root }) => {
      // Of two tests of one name ctest mixes up where they are.
      for (const name of await foldersOfCommand(root)) {
        const one = (role: string) =>
          `add_test(NAME ${name}-${role} COMMAND sh \${CMAKE_CURRENT_SOURCE_DIR}/${role}.sh)\n`;
        await writeFile(join(root, name, 'CMakeLists.txt'), ['before', 'culprit', 'after'].map(one).join(''));
      }
      await promisify(execFile)('cmake', ['-S', '.', '-B', 'build'], { cwd: root });
    },
    deviations: {
      'exit-0': { missing: true, because: 'for a program, that is a pass' },
      'exit-3': { culprit: 'failed', because: 'for a program, that is a failure' },
      'heap-oom': {
        culprit: 'crashed',
        because: 'ctest tells of the signal alone, and what a test printed proves nothing',
      },
      'live-handle': { missing: true, because: 'the process is the test: it would be a test that does not end' },
      'late-throw': { missing: true, because: 'the process is the test: nothing comes after it' },
      'kill-worker': { missing: true, because: 'its worker is the program of the test: see kill-self' },
      'orphan-inherits': waitsForOutput,
      'chatty-orphan': waitsForOutput,
      'orphan-ignores-sigterm': waitsForOutput,
    },
  },
];

/** The same faults as those of a plain command. */
async function foldersOfCommand(root: string): Promise<string[]> {
  await cp(resolve(import.meta.dirname, '../../fixtures/faults/command'), root, {
    recursive: true,
    filter: path => !path.endsWith('.json'),
  });
  return (await readdir(root, { withFileTypes: true })).filter(each => each.isDirectory()).map(({ name }) => name);
}
