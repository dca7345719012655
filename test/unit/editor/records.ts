import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';
import type { TestInfo } from '../../../src/protocol/tests.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';

export function testOf(key: string, changes: Partial<TestInfo> = {}): TestInfo {
  return { framework: 'mocha', file: '/work/test/a.test.js', titlePath: [key], ordinal: 0, key, ...changes };
}

export function recordOf(key: string, changes: Partial<TestRecord> = {}): TestRecord {
  return {
    test: testOf(key),
    project: 'mocha',
    verdict: { kind: 'passed' },
    attributes: [],
    messages: [],
    why: [],
    startedAt: 0,
    durationMs: 5,
    usage: { peakMemoryBytes: null, cpuMs: null, maxProcesses: null, shared: false },
    limits: {
      ...limitsOf(defaults),
      memoryBytes: 128 * 1024 ** 2,
      swapBytes: 0,
      processes: 256,
      timeoutMs: 1000,
      startupMs: 1000,
      slowMs: null,
      teardownMs: 1000,
      graceMs: 1000,
      outputBytes: 1024,
    },
    cage: 'cgroup2',
    output: { text: '', droppedBytes: 0 },
    ...changes,
  };
}
