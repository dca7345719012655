import type {
  CageDescription,
  LeftProcess,
  LimitName,
  Limits,
  ProcessInfo,
  SeenProcess,
  StorageUse,
  Throttled,
} from './limits.ts';
import type { TestInfo } from './tests.ts';
import type { Timeline } from './timeline.ts';

/**
 * `heap`: the runtime's own limit. `refused`: the system turned an allocation down, and the test did not bear it. `host`: memory
 * ran out around the cage, on the machine or in its container, while the cage itself stayed within its cap.
 */
export type MemoryCause = 'kernel' | 'kernel-child' | 'watched' | 'heap' | 'refused' | 'host';
export type ErrorPhase = 'spawn' | 'start-up' | 'load' | 'hook' | 'teardown' | 'selection' | 'protocol' | 'refused';
export type TimeoutKind = 'test' | 'start-up' | 'teardown' | 'idle' | 'run';
/** Limits whose reaching can be proved; the amount allowed is in bytes, milliseconds or a count. */
export type ReachedLimit = 'cpu' | 'file-size' | 'output' | 'disk' | 'open-files' | 'stack' | 'processes';

/** Exactly one for each planned test; `engine/judge.ts` is the only place that makes them. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'skipped'; readonly reason?: string }
  /** Marked as a test that fails, and it failed. */
  | { readonly kind: 'expected-failure'; readonly reason?: string }
  /** Marked as a test that fails, and it passed; a framework that counts this as a failure says "failed". */
  | { readonly kind: 'unexpected-pass'; readonly reason?: string }
  | { readonly kind: 'error'; readonly phase: ErrorPhase; readonly message: string }
  | { readonly kind: 'timed-out'; readonly limit: TimeoutKind; readonly limitMs: number }
  | {
      readonly kind: 'out-of-memory';
      readonly cause: MemoryCause;
      readonly capBytes: number | null;
      readonly peakBytes: number | null;
    }
  | { readonly kind: 'limit-reached'; readonly limit: ReachedLimit; readonly allowed: number }
  | { readonly kind: 'crashed'; readonly signal: string; readonly reportedBy?: 'shell' | 'framework' }
  | { readonly kind: 'killed-outside'; readonly signal: string }
  | { readonly kind: 'exited-early'; readonly code: number }
  | { readonly kind: 'cancelled' }
  /** Kept from beginning by the run itself, as by "maxFailures". */
  | { readonly kind: 'not-run'; readonly because: string }
  /** It failed, as the project's list of known failures says that it does; `was` is what it would have counted as. */
  | { readonly kind: 'known-failure'; readonly was: Verdict; readonly reason: string; readonly issue?: string }
  | { readonly kind: 'lost' };

export type VerdictKind = Verdict['kind'];

export const verdictKinds = [
  'passed',
  'failed',
  'skipped',
  'expected-failure',
  'unexpected-pass',
  'error',
  'timed-out',
  'out-of-memory',
  'limit-reached',
  'crashed',
  'killed-outside',
  'exited-early',
  'cancelled',
  'not-run',
  'known-failure',
  'lost',
] as const satisfies readonly VerdictKind[];

/** What a test may leave beside processes: in the process that it shares with others, or on the disk. */
export const leakKinds = [
  'changed-directory',
  'changed-umask',
  'changed-environment',
  'open-ports',
  'running-threads',
  'temporary-files',
] as const;
export type LeakKind = (typeof leakKinds)[number];

/** Facts beside the verdict: a failed test may also have leaked. */
export type Attribute =
  | { readonly kind: 'leaked-processes'; readonly processes: readonly LeftProcess[]; readonly total: number }
  | { readonly kind: 'leaked-pipe' }
  /** `what` by name, the first of them; `total` is how many there are. */
  | { readonly kind: 'left-behind'; readonly leak: LeakKind; readonly what: readonly string[]; readonly total: number }
  | { readonly kind: 'near-memory-cap'; readonly fraction: number }
  /** It took longer than this. */
  | { readonly kind: 'slow'; readonly thresholdMs: number }
  /** While it ran, the kernel made everything wait under the same CPU quota: of a container, a service or a CI job. */
  | ({ readonly kind: 'throttled' } & Throttled)
  | { readonly kind: 'retried-by-framework'; readonly retries: number }
  | ({ readonly kind: 'output-truncated'; readonly droppedBytes: number } & SavedOutput)
  | { readonly kind: 'ignored-sigterm' }
  /** The list of known failures has it, and its entry does not hold. */
  | { readonly kind: 'known-failure-void'; readonly because: string }
  /** It failed before, and was tried again: `earlier` are the verdicts that do not count, in their order. */
  | { readonly kind: 'retried'; readonly earlier: readonly Verdict[] }
  /** Its verdict beside the other tests of its cage, which did not count because who was to blame was not certain. */
  | { readonly kind: 'run-alone'; readonly before: Verdict }
  /** Bulkhead had to end it because memory ran short around it, and ran it once more with nothing beside it: that counts. */
  | { readonly kind: 'run-after-shortage'; readonly before: Verdict }
  /** Of what keeps a process from ending, by the runtime's own names: timers, servers, sockets. */
  | { readonly kind: 'left-open'; readonly what: readonly string[] }
  /** A rejection that nobody handled, which the framework passes over. */
  | { readonly kind: 'unhandled-rejection'; readonly failure: FailureMessage }
  /** The kernel refused the test so many processes or threads. */
  | { readonly kind: 'processes-refused'; readonly times: number }
  | { readonly kind: 'limit-not-enforced'; readonly limit: LimitName; readonly because: string }
  | { readonly kind: 'survivors'; readonly processes: readonly ProcessInfo[] }
  | { readonly kind: 'protocol'; readonly problem: string };

export interface FailureMessage {
  readonly text: string;
  readonly stack?: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Usage {
  readonly peakMemoryBytes: number | null;
  readonly cpuMs: number | null;
  readonly maxProcesses: number | null;
  /** Absent: nobody counted it, or an older Bulkhead ran it. */
  readonly storage?: StorageUse;
  /** Several tests ran in this cage: the numbers are theirs together. */
  readonly shared: boolean;
}

/** Where the whole output is, when something was left out of the text. */
export interface SavedOutput {
  readonly file?: string;
  /** So many are in the file, from the first one on. */
  readonly bytes?: number;
  /** Why the file does not have all of it, or why there is none. */
  readonly missing?: string;
}

export interface CapturedOutput extends SavedOutput {
  readonly text: string;
  readonly droppedBytes: number;
}

/** What is kept of one test of one run. Written once, shown everywhere. */
export interface TestRecord {
  readonly test: TestInfo;
  readonly project: string;
  readonly verdict: Verdict;
  readonly attributes: readonly Attribute[];
  readonly messages: readonly FailureMessage[];
  /** The evidence behind the verdict, one plain sentence each. */
  readonly why: readonly string[];
  /** Milliseconds since the epoch; null when it never started. */
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  readonly usage: Usage;
  /** Absent: it was over within a second, or an older Bulkhead ran it. */
  readonly timeline?: Timeline;
  /** The first of its processes that were seen, in the order of their birth. Absent: it was one alone, or an older Bulkhead ran it. */
  readonly processes?: readonly SeenProcess[];
  readonly limits: Limits;
  readonly cage: CageDescription['mechanism'];
  readonly output: CapturedOutput;
}

/** What makes a run fail. */
export function isFailure(kind: VerdictKind): boolean {
  switch (kind) {
    case 'passed':
    case 'skipped':
    case 'expected-failure':
    case 'unexpected-pass':
    case 'cancelled':
    case 'not-run':
    case 'known-failure':
      return false;
    case 'failed':
    case 'error':
    case 'timed-out':
    case 'out-of-memory':
    case 'limit-reached':
    case 'crashed':
    case 'killed-outside':
    case 'exited-early':
    case 'lost':
      return true;
  }
}

export const failingKinds: readonly VerdictKind[] = /* @__PURE__ */ verdictKinds.filter(isFailure);
