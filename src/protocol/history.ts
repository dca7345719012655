import type { TestKey } from './tests.ts';
import type { TestRecord, VerdictKind } from './verdict.ts';

/** `stopped` by the user; `interrupted` by the death of its warden or its client, before its end. */
export type RunState = 'running' | 'ended' | 'stopped' | 'interrupted';

/** How much of the past is kept; null: no limit. */
export interface Retention {
  readonly runs: number | null;
  readonly days: number | null;
  /** Of all runs together. */
  readonly bytes: number | null;
}

/** One run of the past, or one that is going on. */
export interface PastRun {
  readonly run: string;
  readonly state: RunState;
  readonly startedAt: number;
  /** Without the time between an interruption and its resumption. */
  readonly durationMs: number;
  readonly planned: number;
  /** How many of the planned tests have a verdict. */
  readonly recorded: number;
  readonly counts: Readonly<Partial<Record<VerdictKind, number>>>;
  /** Tests that left processes. */
  readonly leaked: number;
  /** Tests that did not fail in the end, and had failed before. */
  readonly flaky: number;
  /** What the caps of all its cages could have together; null: it has not ended, or an older Bulkhead ran it. */
  readonly memoryBudgetBytes: number | null;
  /** How often it went on after an interruption or a stop. */
  readonly resumed: number;
  /** What is missing in its journal: lines that cannot be read, and entries that a full disk did not take. */
  readonly missing: number;
  readonly journal: string;
}

/** A run that nobody is writing to and that has something left to do. */
export function canGoOn({ state }: PastRun): boolean {
  return state === 'interrupted' || state === 'stopped';
}

/** A page of the records of one run, in the order of its plan. */
export interface RecordPage {
  readonly records: readonly TestRecord[];
  /** Ask for `after` this to go on; null: there are no more. */
  readonly next: number | null;
}

/** What became of one test in one run. */
export interface PastVerdict {
  readonly run: string;
  readonly runStartedAt: number;
  readonly verdict: VerdictKind;
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly cpuMs: number | null;
  readonly attempts: number;
}

/** What became of one test the last time it ran. */
export interface LastVerdict extends PastVerdict {
  readonly key: TestKey;
  readonly leaked: boolean;
}

/** What is different in a test since it ran the last time before; `new`: it never had. */
export const changes = ['newly-failed', 'fixed', 'new', 'slower', 'more-memory'] as const;
export type Change = (typeof changes)[number];

/** Tests that the run before had, and that this one did not find where it looked for all there are. */
export interface GoneTests {
  readonly total: number;
  /** The first of them. */
  readonly tests: readonly { readonly title: string; readonly file: string }[];
}

/** The tests of a run that changed. By what they did, because of 200,000 tests only their keys fit into a frame. */
export type Comparison = Readonly<Record<Change, readonly TestKey[]>> & { readonly gone: GoneTests };

/** Requests about past runs, and the type of their answers. */
export interface HistoryRequests {
  /** The newest first. */
  history: { params: { readonly limit?: number }; result: readonly PastRun[] };
  records: {
    params: {
      readonly run: string;
      readonly after?: number;
      readonly limit?: number;
      readonly verdicts?: readonly VerdictKind[];
      /** Of one test alone. */
      readonly key?: TestKey;
    };
    result: RecordPage;
  };
  /** The last verdicts of one test, the newest first. */
  testHistory: { params: { readonly key: TestKey; readonly limit?: number }; result: readonly PastVerdict[] };
  /** The tests of one run that changed, each against the last run before in which it had a verdict of its own. */
  comparison: { params: { readonly run: string }; result: Comparison };
  /** Of those of the tests that have ever run to a verdict of their own. */
  lastVerdicts: { params: { readonly keys: readonly TestKey[] }; result: readonly LastVerdict[] };
}
