import assert from 'node:assert/strict';
import { childrenOf, type Row, rowText } from '../../../src/editor/process-rows.ts';
import type { CageStatus, WardenStatus } from '../../../src/protocol/messages.ts';

const cage: CageStatus = {
  name: 'unit-1',
  label: 'allocates\na lot',
  run: 'r',
  test: 'key',
  mechanism: 'cgroup1',
  memoryBytes: 41 * 1024 ** 2,
  memoryCapBytes: 128 * 1024 ** 2,
  ageMs: 2_400,
  processes: [
    {
      pid: 12,
      parent: 11,
      started: '99',
      command: '/usr/bin/node --x app.js',
      memoryBytes: 40 * 1024 ** 2,
      cpuMs: 300,
      ageMs: 2_300,
    },
  ],
};
const warden: WardenStatus = {
  pid: 10,
  uptimeMs: 5_000,
  memoryBytes: 60 * 1024 ** 2,
  runs: ['r'],
  cages: [cage],
  metrics: {},
};

describe('the rows of the Processes view', () => {
  it('go from the warden to its cages to their processes', () => {
    const [top] = childrenOf({ kind: 'warden', warden });
    const [inside] = childrenOf(top!);
    assert.deepEqual(
      [top!, inside!].map(row => rowText(row).label),
      ['allocates a lot', 'node'],
    );
    assert.deepEqual(childrenOf(inside!), []);
  });

  it('show memory against the cap, and age', () => {
    const { description, spoken } = rowText({ kind: 'cage', cage });
    assert.equal(description, '41 MiB of 128 MiB · 2 s');
    assert.equal(spoken, 'Cage of allocates a lot, memory 41 MiB of 128 MiB, 1 process, alive for 2 s');
  });

  it('show of a process its number, its memory and, in whole seconds, its CPU time', () => {
    const process = { ...cage.processes[0]!, cpuMs: 1_700 };
    const { description } = rowText({ kind: 'process', cage: cage.name, process });
    assert.equal(description, '12 · 40 MiB · CPU 1 s');
  });

  it('show no memory where nobody knows it, and no cap where there is none', () => {
    const description = (change: Partial<CageStatus>) =>
      rowText({ kind: 'cage', cage: { ...cage, ...change } }).description;
    assert.equal(description({ memoryBytes: null }), '2 s');
    assert.equal(description({ memoryCapBytes: null }), '41 MiB · 2 s');
  });

  it('stay the same rows while their numbers change', () => {
    const later: Row = { kind: 'cage', cage: { ...cage, memoryBytes: 1, ageMs: 9_000, processes: [] } };
    assert.equal(rowText(later).id, rowText({ kind: 'cage', cage }).id);
  });

  it('tell a process from another one that has got its number', () => {
    const [first] = cage.processes;
    const id = (started: string) => rowText({ kind: 'process', cage: cage.name, process: { ...first!, started } }).id;
    assert.notEqual(id('99'), id('100'));
  });

  it('offer to go to a test only where the cage is of one', () => {
    assert.equal(rowText({ kind: 'cage', cage }).context, 'cage.test');
    assert.equal(rowText({ kind: 'cage', cage: { ...cage, test: null } }).context, 'cage');
  });

  it('say that an idle warden is idle', () => {
    assert.equal(rowText({ kind: 'warden', warden: { ...warden, cages: [] } }).description, 'idle · 60 MiB');
  });

  it('tell what a dead warden has left from what is alive of this window, and offer no kill of its cages', () => {
    const sight = { pid: 9, state: 'dead', since: 1, folders: ['/w'], memoryBytes: null, cages: [cage] } as const;
    const leftover: Row = { kind: 'leftover', warden: sight };
    const { label, description, context, tooltip } = rowText(leftover);
    assert.deepEqual([label, description, context], ['Left by an earlier run', '1 process · 40 MiB', 'leftover']);
    assert.match(tooltip, /^Warden 9 for \/w was killed/);
    const [left] = childrenOf(leftover);
    assert.equal(rowText(left!).context, 'left');
    assert.equal(rowText(childrenOf(left!)[0]!).context, 'process');
  });

  it('offer a debugger for a process that is open to one', () => {
    const process = { ...cage.processes[0]!, command: 'node --inspect=4000 server.js' };
    const { context, tooltip } = rowText({ kind: 'process', cage: 'unit-1', process });
    assert.equal(context, 'process.debuggable');
    assert.match(tooltip, /Open to a debugger at 127\.0\.0\.1:4000$/);
  });
});
