import assert from 'node:assert/strict';
import {
  accountingSize,
  committedBytes,
  decodeAccounting,
  decodeProcessList,
  decodeUnicodeString,
  emptyLimits,
  emptyMemoryCounters,
  encodeLimits,
  encodePort,
  parentOf,
  peakOf,
  processListSize,
} from '../../../../src/cages/windows/layouts.ts';

const MiB = 1024 ** 2;

// The numbers here are those of winnt.h and psapi.h for 64-bit programs, as a compiler for Windows lays them out.
describe('the layouts of Windows', () => {
  it('ask for no more than is wanted, and never for a right to break away', () => {
    const limits = encodeLimits({ memoryBytes: null, processes: null, nice: 0 });
    assert.equal(limits.length, 144);
    assert.equal(limits.readUInt32LE(16), 0x2000, 'JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE alone');
    assert.deepEqual(limits.fill(0, 16, 20), Buffer.alloc(144));
  });

  it('carry memory, processes and priority at their offsets, with their flags', () => {
    const limits = encodeLimits({ memoryBytes: 5000 * MiB, processes: 7, nice: 10 });
    assert.equal(limits.readUInt32LE(16), 0x2000 | 0x200 | 0x20 | 0x8);
    assert.equal(limits.readUInt32LE(40), 7, 'ActiveProcessLimit');
    assert.equal(limits.readUInt32LE(56), 0x4000, 'BELOW_NORMAL_PRIORITY_CLASS');
    assert.equal(limits.readBigUInt64LE(120), 5000n * BigInt(MiB), 'JobMemoryLimit');
    assert.equal(limits.readBigUInt64LE(112), 0n, 'ProcessMemoryLimit');
    const idle = encodeLimits({ memoryBytes: null, processes: null, nice: 11 });
    assert.equal(idle.readUInt32LE(56), 0x40, 'IDLE_PRIORITY_CLASS');
    const breakaway = 0x800 | 0x1000;
    assert.equal(limits.readUInt32LE(16) & breakaway, 0);
  });

  it('give a job’s peak, account and list of processes', () => {
    const limits = emptyLimits();
    limits.writeBigUInt64LE(123n, 136);
    assert.equal(peakOf(limits), 123);
    const account = Buffer.alloc(accountingSize);
    account.writeBigInt64LE(15_000_000n, 0);
    account.writeBigInt64LE(5_000_000n, 8);
    account.writeUInt32LE(9, 36);
    account.writeUInt32LE(4, 40);
    assert.deepEqual([accountingSize, decodeAccounting(account)], [48, { cpuMs: 2000, total: 9, active: 4 }]);
    const list = Buffer.alloc(processListSize(2));
    list.writeUInt32LE(3, 0);
    list.writeUInt32LE(2, 4);
    list.writeBigUInt64LE(400n, 8);
    list.writeBigUInt64LE(404n, 16);
    assert.deepEqual(decodeProcessList(list), { all: 3, pids: [400, 404] });
  });

  it('do not read more processes than a buffer has room for, whatever its head says', () => {
    const list = Buffer.alloc(processListSize(1));
    list.writeUInt32LE(900, 4);
    assert.equal(decodeProcessList(list).pids.length, 1);
  });

  it('give a port, the memory, the parent and the command of a process', () => {
    assert.deepEqual(encodePort(0x1234), Buffer.from('00000000000000003412000000000000', 'hex'));
    const counters = emptyMemoryCounters();
    assert.deepEqual([counters.length, counters.readUInt32LE(0)], [72, 72]);
    counters.writeBigUInt64LE(55n, 56);
    assert.equal(committedBytes(counters), 55);
    const basics = Buffer.alloc(48);
    basics.writeBigUInt64LE(77n, 40);
    assert.equal(parentOf(basics), 77);
    const text = Buffer.concat([Buffer.alloc(16), Buffer.from('node "ä"', 'utf16le'), Buffer.alloc(6, 'x')]);
    text.writeUInt16LE(16, 0);
    assert.equal(decodeUnicodeString(text), 'node "ä"');
  });
});
