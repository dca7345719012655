import assert from 'node:assert/strict';
import { panelDetails, panelRecord } from '../../../src/panel/record.ts';
import { resourcesOf } from '../../../src/panel/resources.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { folder, limits, recordOf } from '../../ui/panel/samples.ts';

describe('what a test used, beside what it was allowed', () => {
  const told = (changes: Partial<TestRecord>) => {
    const record = recordOf(1, changes);
    return resourcesOf(panelRecord(record, folder), panelDetails(record));
  };

  it('says of each thing both, and of a limit that there is none', () => {
    const usage = { peakMemoryBytes: 2 ** 20, cpuMs: 120, maxProcesses: 3, shared: false };
    assert.deepEqual(told({ durationMs: 1500, usage, limits: { ...limits, processes: null } }).slice(0, 5), [
      ['Duration', '1.5 s', '30 s'],
      ['Peak memory', '1 MiB', '512 MiB'],
      ['Swap', null, 'not allowed'],
      ['CPU', '120 ms', null],
      ['Processes at once', '3', 'none'],
    ]);
  });

  it('says what was not measured', () => {
    const usage = { peakMemoryBytes: null, cpuMs: null, maxProcesses: null, shared: false };
    const used = told({ durationMs: null, usage }).map(([, used]) => used);
    assert.deepEqual(used.slice(0, 5), ['not measured', 'not measured', null, 'not measured', 'not measured']);
  });

  it('names further limits only where they are set', () => {
    const names = (changes: Partial<TestRecord['limits']>) =>
      told({ limits: { ...limits, ...changes } }).map(([name]) => name);
    const extra = { network: false, nice: 5, openFiles: 64, idleMs: 1000 };
    const usual = names({});
    assert.deepEqual(
      names(extra).filter(name => !usual.includes(name)),
      ['Silence', 'Open files', 'Network', 'Niceness'],
    );
  });
});
