/** Structures of the Windows headers as 64-bit programs lay them out, on x64 and arm64 alike. */

export interface JobLimits {
  /** What all processes may commit together. */
  readonly memoryBytes: number | null;
  readonly processes: number | null;
  readonly nice: number;
}

/** JOBOBJECTINFOCLASS */
export const informationClass = { accounting: 1, processes: 3, port: 7, limits: 9 } as const;

const flags = { activeProcess: 0x8, priorityClass: 0x20, jobMemory: 0x200, killOnClose: 0x2000 } as const;
const priority = { belowNormal: 0x4000, idle: 0x40 } as const;

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION */
const limitsAt = { flags: 16, processes: 40, priority: 56, memory: 120, peak: 136, size: 144 } as const;

/** Never with a right to break away: whatever is started in the job stays in it. */
export function encodeLimits({ memoryBytes, processes, nice }: JobLimits): Buffer {
  const limits = emptyLimits();
  const wanted =
    flags.killOnClose |
    (memoryBytes === null ? 0 : flags.jobMemory) |
    (processes === null ? 0 : flags.activeProcess) |
    (nice > 0 ? flags.priorityClass : 0);
  limits.writeUInt32LE(wanted, limitsAt.flags);
  limits.writeUInt32LE(processes ?? 0, limitsAt.processes);
  limits.writeUInt32LE(nice > 0 ? priorityFor(nice) : 0, limitsAt.priority);
  limits.writeBigUInt64LE(BigInt(memoryBytes ?? 0), limitsAt.memory);
  return limits;
}

export function emptyLimits(): Buffer {
  return Buffer.alloc(limitsAt.size);
}

/** The most that all processes had committed at once. */
export function peakOf(limits: Buffer): number {
  return Number(limits.readBigUInt64LE(limitsAt.peak));
}

/** As libuv maps a niceness to a priority class. */
function priorityFor(nice: number): number {
  return nice <= 10 ? priority.belowNormal : priority.idle;
}

export interface Accounting {
  readonly cpuMs: number;
  readonly total: number;
  readonly active: number;
}

/** JOBOBJECT_BASIC_ACCOUNTING_INFORMATION: times in units of 100 ns. */
export const accountingSize = 48;

export function decodeAccounting(buffer: Buffer): Accounting {
  return {
    cpuMs: Number(buffer.readBigInt64LE(0) + buffer.readBigInt64LE(8)) / 1e4,
    total: buffer.readUInt32LE(36),
    active: buffer.readUInt32LE(40),
  };
}

/** JOBOBJECT_BASIC_PROCESS_ID_LIST with room for so many. */
export function processListSize(most: number): number {
  return 8 + 8 * most;
}

/** `all` is what the job has, which may be more than the buffer had room for. */
export function decodeProcessList(buffer: Buffer): { readonly all: number; readonly pids: number[] } {
  const listed = Math.min(buffer.readUInt32LE(4), Math.floor((buffer.length - 8) / 8));
  const pids = Array.from({ length: listed }, (_, index) => Number(buffer.readBigUInt64LE(8 + 8 * index)));
  return { all: buffer.readUInt32LE(0), pids };
}

/** JOBOBJECT_ASSOCIATE_COMPLETION_PORT */
export function encodePort(port: number | bigint): Buffer {
  const association = Buffer.alloc(16);
  association.writeBigInt64LE(BigInt(port), 8);
  return association;
}

/** JOB_OBJECT_MSG_…: what the kernel posts of a job. */
export const note = { tooManyProcesses: 3, tooMuchMemory: 10 } as const;

/** PROCESS_MEMORY_COUNTERS */
export function emptyMemoryCounters(): Buffer {
  const counters = Buffer.alloc(72);
  counters.writeUInt32LE(counters.length, 0);
  return counters;
}

/** PagefileUsage: what a process has committed for itself, wherever it lies; the cap of a job counts the same. */
export function committedBytes(counters: Buffer): number {
  return Number(counters.readBigUInt64LE(56));
}

/** PROCESS_BASIC_INFORMATION */
export const basicInformationSize = 48;

export function parentOf(information: Buffer): number {
  return Number(information.readBigUInt64LE(40));
}

/** A UNICODE_STRING whose characters follow it in the same buffer. */
export function decodeUnicodeString(buffer: Buffer): string {
  return buffer.toString('utf16le', 16, 16 + buffer.readUInt16LE(0));
}

/** FILETIME as two halves: units of 100 ns since 1601. */
export function decodeFiletime(buffer: Buffer): string {
  return String(buffer.readBigUInt64LE(0));
}
