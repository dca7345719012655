import assert from 'node:assert/strict';
import { limits, type Observation } from './attack-once.ts';
import type { Offered } from './attacker.ts';
import type { Attack, Cell } from './table.ts';

/** What was measured must be what the cell says; `left` is who is alive by the machine's own list of processes. */
export function checkCell(attack: Attack, cell: Cell, cage: Offered, isRoot: boolean, seen: Observation, left: number) {
  assert.equal(seen.spawnError, null);
  if (attack.says) assert.match(seen.output, attack.says);
  checkEnd(cell, seen);
  if (cell.survivors === 'none') {
    assert.deepEqual([left, seen.survivors], [0, []], 'alive when the cage said that it is empty');
    assert.ok(seen.leftovers.length >= attack.leaves, `${seen.leftovers.length} leftovers: it did not attack`);
  }
  if (cage.hard) {
    const { peakMemoryBytes } = seen;
    assert.ok(peakMemoryBytes !== null && peakMemoryBytes <= limits.memoryBytes!, `peak of ${peakMemoryBytes} bytes`);
  }
  if (cell.processes !== undefined) {
    const capped = cell.processes === 'capped' || (cell.processes === 'capped, except for root' && !isRoot);
    const { maxProcesses } = seen;
    assert.equal(maxProcesses <= limits.processes!, capped, `${maxProcesses} processes at once`);
  }
}

function checkEnd({ end }: Cell, { exit, stop, oomKills, output, ignoredSigterm }: Observation): void {
  switch (end) {
    case 'ends by itself':
      return assert.deepEqual([exit, stop], [{ code: 0, signal: null }, null]);
    case 'ends by itself, having had it all':
      assert.match(output, /had it all/);
      return assert.deepEqual([exit, stop], [{ code: 0, signal: null }, null]);
    case 'refused, ends by itself':
      return assert.deepEqual([exit, stop], [{ code: 0, signal: null }, null]);
    case 'killed by the kernel for memory':
      assert.ok((oomKills ?? 0) > 0, 'the kernel counts no kill');
      return assert.equal(stop, null);
    case 'killed by the watch for memory':
      assert.deepEqual([exit?.signal, stop?.kind], ['SIGKILL', 'over-memory']);
      return assert.doesNotMatch(output, /had it all/);
    case 'killed at its time limit':
      assert.equal(stop?.kind, 'timeout');
      return assert.equal(exit?.signal, ignoredSigterm ? 'SIGKILL' : 'SIGTERM');
    case 'killed at its output limit':
      return assert.deepEqual([exit?.signal, stop?.kind], ['SIGKILL', 'flood']);
    case 'killed by SIGSEGV':
      return assert.deepEqual([exit?.signal, stop], ['SIGSEGV', null]);
    // By when is a matter of how busy the machine is: the kernel does not do it there.
    case 'its keeper is gone, the warden ends it':
      return assert.deepEqual([exit?.signal, stop], ['SIGKILL', null]);
    case 'its keeper is gone':
      assert.doesNotMatch(output, /still here/);
      return assert.deepEqual([exit?.signal, stop], ['SIGKILL', null]);
  }
}
