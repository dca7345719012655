import type { PanelRecord } from '../../../src/panel/messages.ts';

/** A row with nothing special about it. */
export function row(key: string, changes: Partial<PanelRecord> = {}): PanelRecord {
  return {
    key,
    title: `test ${key}`,
    suite: 'Suite',
    folder: 'shop',
    file: 'test/a.test.ts',
    kind: 'passed',
    headline: 'Passed in 10 ms',
    durationMs: 10,
    peakMemoryBytes: 1024,
    memoryCapBytes: 4096,
    cpuMs: 5,
    maxProcesses: 1,
    storageBytes: null,
    shared: false,
    cage: 'cgroup2',
    leaked: 0,
    attempts: 1,
    ...changes,
  };
}

export const keysOf = (rows: readonly PanelRecord[]) => rows.map(({ key }) => key).join(' ');
