import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';
import type { CageDescription } from '../../../src/protocol/limits.ts';
import type { RunSummary } from '../../../src/protocol/messages.ts';
import type { TestRecord, Verdict } from '../../../src/protocol/verdict.ts';
import type { RunReport } from '../../../src/reports/report.ts';

export const mebibyte = 1024 ** 2;

/** A test of 400 ms and 41 MiB under a cap of 128 MiB. */
export function sampleRecord(verdict: Verdict, rest: Partial<TestRecord> = {}): TestRecord {
  return {
    test: {
      key: 'k',
      framework: 'mocha',
      file: '/w/test/a.test.js',
      titlePath: ['suite', 'test'],
      ordinal: 0,
      line: 7,
    },
    project: 'mocha:w:.',
    verdict,
    attributes: [],
    messages: [],
    why: [],
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    durationMs: 400,
    usage: { peakMemoryBytes: 41 * mebibyte, cpuMs: 12, maxProcesses: 1, shared: false },
    limits: {
      ...limitsOf(defaults),
      memoryBytes: 128 * mebibyte,
      swapBytes: 0,
      processes: 64,
      timeoutMs: 1000,
      startupMs: 60_000,
      slowMs: null,
      teardownMs: 5000,
      graceMs: 500,
      outputBytes: mebibyte,
    },
    cage: 'cgroup1',
    output: { text: '', droppedBytes: 0 },
    ...rest,
  };
}

export const strongCage: CageDescription = {
  mechanism: 'cgroup2',
  label: 'control groups, version 2',
  properties: {
    memory: { level: 'enforced', by: 'the kernel' },
    processes: { level: 'enforced', by: 'the kernel' },
    cleanup: { level: 'enforced', by: 'the kernel' },
    peak: { level: 'enforced', by: 'the kernel' },
    cpu: { level: 'enforced', by: 'the kernel' },
  },
  passedOver: [],
};

export const weakCage: CageDescription = {
  mechanism: 'process-group',
  label: 'process group',
  properties: {
    ...strongCage.properties,
    memory: { level: 'watched', how: 'looked at every 50 ms' },
    cpu: { level: 'unavailable', because: 'nothing counts it' },
  },
  passedOver: [{ mechanism: 'cgroup2', because: 'it is not\nwritable' }],
};

export function sampleReport(records: readonly TestRecord[], summary: Partial<RunSummary> = {}): RunReport {
  const counts: Partial<Record<Verdict['kind'], number>> = {};
  for (const { verdict } of records) counts[verdict.kind] = (counts[verdict.kind] ?? 0) + 1;
  return {
    version: '1.2.3',
    folder: '/w',
    cage: strongCage,
    summary: {
      run: 'run-1',
      planned: records.length,
      counts,
      leaked: 0,
      flaky: 0,
      startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      durationMs: 1500,
      cancelled: false,
      problems: [],
      journal: '/w/.bulkhead/runs/run-1/journal.ndjson',
      ...summary,
    },
    records,
  };
}

/** One of each verdict, as they come out of the judge. */
export const everyVerdict: readonly Verdict[] = [
  { kind: 'passed' },
  { kind: 'failed' },
  { kind: 'skipped', reason: 'not today' },
  { kind: 'expected-failure', reason: 'bug 12' },
  { kind: 'unexpected-pass' },
  { kind: 'error', phase: 'load', message: 'Cannot find module\n./x' },
  { kind: 'timed-out', limit: 'test', limitMs: 1000 },
  { kind: 'out-of-memory', cause: 'kernel', capBytes: 128 * mebibyte, peakBytes: 128 * mebibyte },
  { kind: 'limit-reached', limit: 'open-files', allowed: 256 },
  { kind: 'crashed', signal: 'SIGSEGV' },
  { kind: 'killed-outside', signal: 'SIGKILL' },
  { kind: 'exited-early', code: 0 },
  { kind: 'cancelled' },
  { kind: 'not-run', because: 'a test had failed' },
  { kind: 'known-failure', was: { kind: 'crashed', signal: 'SIGSEGV' }, reason: 'bug 13' },
  { kind: 'lost' },
];
