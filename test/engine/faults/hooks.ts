import { linkJest } from '../../unit/frameworks/jest/versions.ts';
import { installedLine } from '../../unit/frameworks/pytest/versions.ts';
import { linkVitest } from '../../unit/frameworks/vitest/versions.ts';
import type { Outcome } from './faults.ts';
import type { FaultyFramework } from './frameworks.ts';

/** What a hook does to the tests that it serves; the culprit is the only one of its suite. */
export const hookOutcomes = {
  'set-up-exit-0': { culprit: 'exited-early' },
  'before-each-crash': { culprit: 'crashed' },
  'tear-down-busy-loop': { culprit: 'timed-out/teardown' },
  'tear-down-orphan': { culprit: 'passed', attribute: 'leaked-processes' },
} as const satisfies Readonly<Record<string, Outcome>>;
export type HookFault = keyof typeof hookOutcomes;

const pytest = await installedLine();

export const hookFrameworks: readonly FaultyFramework<HookFault>[] = [
  { name: 'mocha', prepare: workspace => workspace.linkFrameworks() },
  { name: 'node-test' },
  {
    name: 'pytest',
    settings: { teardown: 4000, pytest: { enabled: true, ...('python' in pytest ? { program: pytest.python } : {}) } },
    unavailable: () => ('missing' in pytest ? pytest.missing : null),
    deviations: {
      'tear-down-busy-loop': {
        culprit: 'timed-out/test',
        because: 'in pytest, what tears down a class is a part of its last test',
      },
    },
  },
  { name: 'jest', settings: { memory: 256 * 1024 ** 2 }, prepare: ({ root }) => linkJest(root) },
  {
    name: 'vitest',
    settings: { memory: 320 * 1024 ** 2 },
    prepare: ({ root }) => linkVitest(root),
    deviations: {
      'set-up-exit-0': { culprit: 'error/hook', because: 'its worker makes an exception of the call' },
    },
  },
];
