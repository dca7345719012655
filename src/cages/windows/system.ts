import { type Koffi, loadKoffi } from '../koffi.ts';
import {
  type Accounting,
  accountingSize,
  basicInformationSize,
  committedBytes,
  decodeAccounting,
  decodeFiletime,
  decodeProcessList,
  decodeUnicodeString,
  emptyLimits,
  emptyMemoryCounters,
  encodeLimits,
  encodePort,
  informationClass,
  type JobLimits,
  parentOf,
  peakOf,
  processListSize,
} from './layouts.ts';

/** A living process as Windows describes it. */
export interface WindowsProcess {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly image: string;
  readonly command: string;
}

/** A job object. While this process holds the only handle, its end, by whatever cause, ends everything in the job. */
export interface Job {
  limit(limits: JobLimits): void;
  add(pid: number): void;
  pids(): number[];
  accounting(): Accounting & { readonly peakBytes: number };
  /** The numbers of the messages that the kernel has posted since the last call. */
  notes(): number[];
  terminate(): void;
  close(): void;
}

export interface WindowsSystem {
  createJob(): Job;
  /** What a process has committed for itself; 0 where it is gone, or not ours to see. */
  committed(pid: number): number;
  /** Null: it is gone, or not ours to see. */
  look(pid: number): WindowsProcess | null;
}

type Handle = number | bigint;

const access = { terminate: 0x1, setQuota: 0x100, queryLimited: 0x1000 } as const;
const basicInformation = 0;
const commandLineInformation = 60;
const longestCommand = 66_000;
const imageCharacters = 32_768;
/** Nobody sees it, for no process of the job is alive when it is asked for. */
const terminatedCode = 1;

/** Throws where the addon is not one for this Node, or where Windows lacks a function. */
export function openWindows(addon: string): WindowsSystem {
  const calls = bind(loadKoffi(addon));
  return {
    createJob: () => new FfiJob(calls),
    committed: pid => inspect(calls, pid, handle => committedBy(calls, handle)) ?? 0,
    look: pid => inspect(calls, pid, handle => describe(calls, pid, handle)),
  };
}

function bind(koffi: Koffi) {
  const kernel = koffi.load('kernel32.dll');
  const native = koffi.load('ntdll.dll');
  return {
    createJob: kernel.func('intptr_t __stdcall CreateJobObjectW(void *security, void *name)'),
    setJob: kernel.func('bool __stdcall SetInformationJobObject(intptr_t job, int kind, void *data, uint32 size)'),
    queryJob: kernel.func(
      'bool __stdcall QueryInformationJobObject(intptr_t job, int kind, void *data, uint32 size, void *written)',
    ),
    assign: kernel.func('bool __stdcall AssignProcessToJobObject(intptr_t job, intptr_t process)'),
    terminateJob: kernel.func('bool __stdcall TerminateJobObject(intptr_t job, uint32 code)'),
    createPort: kernel.func(
      'intptr_t __stdcall CreateIoCompletionPort(intptr_t file, intptr_t port, uintptr_t key, uint32 threads)',
    ),
    takeStatus: kernel.func(
      'bool __stdcall GetQueuedCompletionStatus(intptr_t port, void *bytes, void *key, void *overlapped, uint32 ms)',
    ),
    openProcess: kernel.func('intptr_t __stdcall OpenProcess(uint32 access, bool inherit, uint32 pid)'),
    close: kernel.func('bool __stdcall CloseHandle(intptr_t handle)'),
    imageName: kernel.func(
      'bool __stdcall QueryFullProcessImageNameW(intptr_t process, uint32 flags, void *text, void *size)',
    ),
    times: kernel.func(
      'bool __stdcall GetProcessTimes(intptr_t process, void *created, void *ended, void *kernel, void *user)',
    ),
    memory: kernel.func('bool __stdcall K32GetProcessMemoryInfo(intptr_t process, void *counters, uint32 size)'),
    information: native.func(
      'int32 __stdcall NtQueryInformationProcess(intptr_t process, int kind, void *data, uint32 size, void *written)',
    ),
    lastError: kernel.func('uint32 __stdcall GetLastError()'),
  };
}

type Calls = ReturnType<typeof bind>;

function demand(calls: Calls, outcome: Handle | boolean, what: string): Handle {
  if (outcome === false || outcome === 0) throw new Error(`Windows refused ${what} (error ${calls.lastError()})`);
  return outcome as Handle;
}

class FfiJob implements Job {
  readonly #calls: Calls;
  readonly #job: Handle;
  readonly #port: Handle;
  #room = 64;

  constructor(calls: Calls) {
    this.#calls = calls;
    // Without a security descriptor the handle is not inherited: a child that held it would keep the job open.
    this.#job = demand(calls, calls.createJob(null, null), 'a job object');
    this.#port = demand(calls, calls.createPort(-1, 0, 0, 1), 'a completion port');
    this.#set(informationClass.port, encodePort(this.#port), 'notes of a job object');
    this.limit({ memoryBytes: null, processes: null, nice: 0 });
  }

  limit(limits: JobLimits): void {
    this.#set(informationClass.limits, encodeLimits(limits), 'the limits of a job object');
  }

  add(pid: number): void {
    const handle = demand(
      this.#calls,
      this.#calls.openProcess(access.terminate | access.setQuota, false, pid),
      'a look',
    );
    try {
      demand(this.#calls, this.#calls.assign(this.#job, handle), 'to put a process into a job object');
    } finally {
      this.#calls.close(handle);
    }
  }

  pids(): number[] {
    for (;;) {
      const buffer = Buffer.alloc(processListSize(this.#room));
      // It answers "more data" where the list does not fit, and writes how long it is all the same.
      const fits = this.#calls.queryJob(this.#job, informationClass.processes, buffer, buffer.length, null);
      const { all, pids } = decodeProcessList(buffer);
      if (fits && all <= pids.length) return pids;
      if (this.#room > 65_536) return pids;
      this.#room = Math.max(this.#room * 2, all + 16);
    }
  }

  accounting(): Accounting & { readonly peakBytes: number } {
    const account = this.#query(informationClass.accounting, Buffer.alloc(accountingSize));
    return { ...decodeAccounting(account), peakBytes: peakOf(this.#query(informationClass.limits, emptyLimits())) };
  }

  notes(): number[] {
    const [number, key, about] = [Buffer.alloc(4), Buffer.alloc(8), Buffer.alloc(8)];
    const taken: number[] = [];
    while (this.#calls.takeStatus(this.#port, number, key, about, 0)) taken.push(number.readUInt32LE(0));
    return taken;
  }

  terminate(): void {
    demand(this.#calls, this.#calls.terminateJob(this.#job, terminatedCode), 'the end of a job object');
  }

  close(): void {
    this.#calls.close(this.#job);
    this.#calls.close(this.#port);
  }

  #set(kind: number, data: Buffer, what: string): void {
    demand(this.#calls, this.#calls.setJob(this.#job, kind, data, data.length), what);
  }

  #query(kind: number, data: Buffer): Buffer {
    demand(this.#calls, this.#calls.queryJob(this.#job, kind, data, data.length, null), 'the account of a job object');
    return data;
  }
}

function inspect<T>(calls: Calls, pid: number, read: (handle: Handle) => T): T | null {
  const handle = calls.openProcess(access.queryLimited, false, pid) as Handle;
  if (!handle) return null;
  try {
    return read(handle);
  } finally {
    calls.close(handle);
  }
}

function committedBy(calls: Calls, handle: Handle): number {
  const counters = emptyMemoryCounters();
  return calls.memory(handle, counters, counters.length) ? committedBytes(counters) : 0;
}

function describe(calls: Calls, pid: number, handle: Handle): WindowsProcess {
  const image = imageOf(calls, handle);
  const [created, ended, kernel, user] = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)];
  calls.times(handle, created, ended, kernel, user);
  const basics = Buffer.alloc(basicInformationSize);
  calls.information(handle, basicInformation, basics, basics.length, null);
  const command = commandOf(calls, handle) || image;
  return { pid, parent: parentOf(basics), started: decodeFiletime(created), image, command };
}

function imageOf(calls: Calls, handle: Handle): string {
  const text = Buffer.alloc(imageCharacters * 2);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(imageCharacters, 0);
  return calls.imageName(handle, 0, text, size) ? text.toString('utf16le', 0, size.readUInt32LE(0) * 2) : '';
}

/** Since Windows 8.1; empty before it, and under Wine. */
function commandOf(calls: Calls, handle: Handle): string {
  const buffer = Buffer.alloc(longestCommand);
  const status = calls.information(handle, commandLineInformation, buffer, buffer.length, null);
  return status === 0 ? decodeUnicodeString(buffer) : '';
}
