import assert from 'node:assert/strict';
import type { WardenSight } from '../../../src/protocol/messages.ts';
import { reapingText, wardensText } from '../../../src/reports/processes.ts';

const process = { pid: 71, parent: 70, started: '1', command: 'node\u001b[31m server.js' };
const warden: WardenSight = {
  pid: 70,
  state: 'alive',
  since: Date.now() - 3000,
  folders: ['/home/ada/app'],
  memoryBytes: 60 * 1024 ** 2,
  cages: [
    {
      name: 'unit-1',
      label: 'parser › is quick',
      run: 'r',
      test: 'key',
      mechanism: 'cgroup1',
      memoryBytes: 32 * 1024 ** 2,
      memoryCapBytes: 128 * 1024 ** 2,
      processes: [{ ...process, memoryBytes: 32 * 1024 ** 2, cpuMs: 250, ageMs: 2000 }],
      ageMs: 2500,
    },
  ],
};
const plain = (text: string) => text;

describe('what is alive', () => {
  it('is told warden by warden, cage by cage, process by process', () => {
    const lines = wardensText([warden], plain).split('\n');
    assert.match(lines[0]!, /^Warden 70 for \/home\/ada\/app: for .* s, 60 MiB, 1 cage$/);
    assert.match(lines[1]!, /^ {2}parser › is quick \(2\.5 s, 32 MiB of 128 MiB, .+\)$/);
    assert.match(lines[2]!, /PID +PARENT +MEMORY +CPU +AGE +COMMAND/);
    assert.match(lines[3]!, /71 +70 +32 MiB +250 ms +2 s +node server\.js$/);
  });

  it('is marked where its warden is dead, with what to do', () => {
    assert.match(wardensText([{ ...warden, state: 'dead' }], plain), /Dead warden 70 .*1 cage left .*bulkhead reap/);
  });

  it('is not guessed of another container', () => {
    assert.match(wardensText([{ ...warden, state: 'elsewhere', cages: [] }], plain), /cannot be looked into/);
  });

  it('is nothing where nothing is left', () => {
    assert.match(wardensText([{ ...warden, state: 'dead', cages: [] }], plain), /^No warden/);
  });
});

describe('what was reaped', () => {
  it('is named, and so is what could not be', () => {
    const reaped = { pid: 70, cages: [{ label: 'a', run: 'r', test: null }], killed: [process], survivors: [process] };
    assert.match(
      reapingText({ wardens: [reaped], unfinished: [] }),
      /^Ended node server\.js \(71\) of warden 70, which had died with 1 cage\. Could not be killed: node server\.js \(71\)\.$/,
    );
    assert.match(reapingText({ wardens: [], unfinished: [] }), /^Nothing to reap/);
    assert.match(
      reapingText({ wardens: [], unfinished: ["EBUSY: resource busy or locked, rmdir '/sys/fs/cgroup/a'"] }),
      /^A control group that a dead warden has left could not be removed: EBUSY.*'\/sys\/fs\/cgroup\/a'\. .*try again\.$/,
    );
  });
});
