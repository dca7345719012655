import type {
  LeftProcess,
  Limits,
  ProcessInfo,
  SeenProcess,
  Shortcoming,
  StorageUse,
  Throttled,
} from '../protocol/limits.ts';
import type { Timeline } from '../protocol/timeline.ts';
import type { ErrorPhase, FailureMessage, TimeoutKind } from '../protocol/verdict.ts';
import type { EndState, InsideEvent, Reporting } from '../protocol/events.ts';

/** Why we ended a process; noted before the first signal is sent and never changed. */
export type StopReason =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timeout'; readonly limit: TimeoutKind; readonly ms: number }
  | { readonly kind: 'over-memory'; readonly bytes: number }
  | { readonly kind: 'flood'; readonly limitBytes: number }
  | ({ readonly kind: 'shortage' } & Shortage);

/** Memory ran short around the cages, and the largest one was ended before the kernel would choose one. */
export interface Shortage {
  /** The control group that was short of it; null: the whole machine. */
  readonly group: string | null;
  readonly availableBytes: number;
  readonly floorBytes: number;
  /** What the cage had when it was ended. */
  readonly heldBytes: number;
}

/** The kernel killed something of a cage for memory that ran out around it. */
export interface HostKill {
  /** `counter`: the cage's own counters alone, which cannot tell where it ran out. */
  readonly proof: 'log' | 'counter';
  /** The control group above the cage whose limit was reached; null: the memory of the machine ran out, as far as is known. */
  readonly group: string | null;
  /** The kernel's own. */
  readonly words: string | null;
  /** So much of its log could not be looked at. */
  readonly missing?: number;
}

/** Why a signal is sent to a cage: to end a process before its time, or to end what it has left. */
export type EndReason = StopReason | { readonly kind: 'leftovers'; readonly processes: number };

/** What is known of one process and its cage when nothing of it is left. */
export interface ProcessEvidence {
  readonly spawnError: string | null;
  readonly exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null;
  readonly stop: StopReason | null;
  readonly oomKills: number | null;
  readonly refusedMemory: number | null;
  readonly refusedProcesses: number | null;
  /** Limits that were asked for and were not in force. */
  readonly unenforced: readonly Shortcoming[];
  /** Absent: the kernel killed nothing of it, or for its own cap. */
  readonly hostKill?: HostKill;
  readonly peakMemoryBytes: number | null;
  readonly cpuMs: number | null;
  readonly maxProcesses: number;
  /** Absent: nobody counts it here. */
  readonly storage?: StorageUse;
  /** Absent: its leader was seen alone. */
  readonly processes?: readonly SeenProcess[];
  readonly wallMs: number;
  /** Of the groups above it, during its life; absent: there is no quota. */
  readonly throttled?: Throttled;
  /** Absent: its life was too short to have a course. */
  readonly timeline?: Timeline;
  /** Alive after the leader had gone, and killed. */
  readonly leftovers: readonly LeftProcess[];
  /** Alive even after the kill. */
  readonly survivors: readonly ProcessInfo[];
  readonly leakedPipe: boolean;
  readonly ignoredSigterm: boolean;
  /** Where it was when its time was up, by its own word. */
  readonly stuck?: FailureMessage | null;
  readonly outputTail: string;
  readonly protocolProblems: readonly string[];
}

/** Its last test had ended, and its process had not. */
export function wouldNotEnd({ stop }: Pick<ProcessEvidence, 'stop'>): boolean {
  return stop?.kind === 'timeout' && stop.limit === 'teardown';
}

export interface UnitEvidence extends ProcessEvidence {
  readonly reporting: Reporting;
  /** More than one test was planned for this cage. */
  readonly shared: boolean;
  readonly limits: Limits;
  readonly saidHello: boolean;
  readonly saidBye: boolean;
  /** What the framework said that its process would end with. */
  readonly expectedCode: number;
  /** Something that a test had begun failed after it: that explains the code with which the process ended. */
  readonly charged: boolean;
  /** Tests that were ordered and never began. */
  readonly anyUnstarted: boolean;
  /** Of no single test. */
  readonly errors: readonly ReportedError[];
}

export interface ReportedError {
  readonly phase: ErrorPhase;
  readonly failure: FailureMessage;
}

export type Leak = Pick<Extract<InsideEvent, { t: 'leak' }>, 'leak' | 'what'>;

export type EndEvent = Extract<InsideEvent, { t: 'end' }>;

export interface TestEvidence {
  readonly started: boolean;
  readonly end: Omit<EndEvent, 's' | 't' | 'path' | 'ordinal'> | null;
  /** What it said of its end while it was being ended for another reason: kept, and not counted. */
  readonly lateEnd: EndState | null;
  /** Kernel kills for memory between this test's start and its end, or the end of its process. */
  readonly oomKillsDuring: number;
  /** Since its end. */
  readonly oomKillsAfter: number;
  /** What went wrong in its name and not in its body: in what it had begun and left, in a hook of its own. */
  readonly errors: readonly ReportedError[];
  /** Rejections that nobody handled and that the framework passes over. */
  readonly unhandled: readonly FailureMessage[];
  /** What it opened and left open, of what keeps a process from ending. */
  readonly leftOpen: readonly string[];
  /** What outlived its process and was started by it; of what nobody knows by whom, the last one has all. */
  readonly leftovers: readonly LeftProcess[];
  /** What it left in the process that it shared, and what is still on the disk of what it made for a while. */
  readonly leaks: readonly Leak[];
  /** The one that was running when the process ended, else the one that ended last: how the process ended is told with it. */
  readonly last: boolean;
}
