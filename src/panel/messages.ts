import type { Change, GoneTests, PastVerdict } from '../protocol/history.ts';
import type { CageDescription, Limits, MechanismName, StorageUse } from '../protocol/limits.ts';
import type { RunSummary } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';
import type { Timeline } from '../protocol/timeline.ts';
import type { CapturedOutput, VerdictKind } from '../protocol/verdict.ts';

/** One row of the table. Small, because a run may have 200,000 of them: the rest is `PanelDetails`, asked for by key. */
export interface PanelRecord {
  readonly key: TestKey;
  readonly title: string;
  /** Suite titles, joined for reading. */
  readonly suite: string;
  readonly folder: string;
  /** Relative to the folder, with forward slashes. */
  readonly file: string;
  readonly kind: VerdictKind;
  readonly headline: string;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly memoryCapBytes: number | null;
  readonly cpuMs: number | null;
  readonly maxProcesses: number | null;
  /** Read from storage and written to it. */
  readonly storageBytes: number | null;
  /** Several tests ran in this cage: the numbers are theirs together. */
  readonly shared: boolean;
  readonly cage: MechanismName;
  /** Processes that the test left behind. */
  readonly leaked: number;
  /** How often it was tried; 0: it never began. */
  readonly attempts: number;
  /** Since its last run before; absent: nothing, or nobody has compared yet. */
  readonly changes?: readonly Change[];
}

export interface PanelFailure {
  readonly text: string;
  readonly stack?: string;
  readonly expected?: string;
  readonly actual?: string;
  /** `cart.test.ts:42`, to read; the host knows the place by the message's index. */
  readonly place?: string;
}

export interface PanelProcess {
  readonly pid: number;
  readonly name: string;
  /** It outlived the test. */
  readonly left: boolean;
  readonly children: readonly PanelProcess[];
}

export interface PanelDetails {
  readonly key: TestKey;
  readonly advice: string | null;
  readonly messages: readonly PanelFailure[];
  readonly moreMessages: number;
  readonly why: readonly string[];
  readonly attributes: readonly string[];
  readonly leftovers: readonly { readonly pid: number; readonly command: string; readonly about: string }[];
  readonly moreLeftovers: number;
  /** Those that were seen, each under the one that started it. */
  readonly processes: readonly PanelProcess[];
  readonly storage: StorageUse | null;
  readonly startedAt: number | null;
  readonly limits: Limits;
  /** Null: it was too short to have one. */
  readonly timeline: Timeline | null;
  /** Its text is bounded; `droppedBytes` counts what the capture and the panel left out of its middle. */
  readonly output: CapturedOutput;
}

/** Null: nothing is measured, or limited. */
export type ResourceRow = readonly [name: string, used: string | null, limit: string | null];

export type Mood = 'passed' | 'failed' | 'skipped';

/** Of one of equal parts of a run: how many tests began and how many of them failed, and what was at work at the most. */
export type Load = readonly [begun: number, failed: number, atOnce: number, peaksBytes: number, capsBytes: number];

/** What ran beside what. */
export interface PanelCourse {
  readonly tests: number;
  readonly failed: number;
  readonly lanes: number;
  readonly ms: number;
  readonly loads: readonly Load[];
  readonly width: number;
  readonly height: number;
  /** For an SVG of that width and height. */
  readonly paths: readonly (readonly [Mood, string])[];
}

export interface RunHead {
  readonly run: string;
  /** What was asked for: "All tests", "cart.test.ts". */
  readonly title: string;
  readonly startedAt: number;
  /** The host's clock at sending, minus `startedAt`: the panel may be on another machine with another clock. */
  readonly elapsedMs: number;
  readonly planned: number;
  readonly cage: CageDescription | null;
}

export interface PanelLive {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cages: number;
  readonly running: number;
}

/**
 * From the editor's host. After `ready` it sends either `empty`, or `run`, every record so far in batches, and
 * `ended` when the run is over. Another `run` makes the panel forget the one before; the same one again (more is planned,
 * its cage is known) only changes the head.
 */
export type ToPanel =
  | { readonly type: 'empty' }
  | { readonly type: 'run'; readonly run: RunHead }
  | { readonly type: 'records'; readonly records: readonly PanelRecord[] }
  | { readonly type: 'live'; readonly live: PanelLive }
  | { readonly type: 'ended'; readonly summary: RunSummary }
  /** The answer to `details`; null: the host no longer has this test. */
  | {
      readonly type: 'details';
      readonly key: TestKey;
      readonly details: PanelDetails | null;
      readonly resources: readonly ResourceRow[];
    }
  /** The answer to `course`. */
  | { readonly type: 'course'; readonly course: PanelCourse }
  /** What became of a test before, the newest first; comes after its details. */
  | { readonly type: 'history'; readonly key: TestKey; readonly past: readonly PastVerdict[] }
  /** What is not there any more since the run before, once the run has ended. */
  | { readonly type: 'gone'; readonly gone: GoneTests }
  /** Opens this test of the run; what hides it gives way. */
  | { readonly type: 'show'; readonly key: TestKey }
  /** The warden went away and the run will get no further. */
  | { readonly type: 'lost'; readonly because: string };

/** From the panel. It never sends a path: only keys, which the host looks up in its own records. */
export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'details'; readonly key: TestKey }
  | { readonly type: 'reveal'; readonly key: TestKey }
  /** The place of one failure message of a test. */
  | { readonly type: 'openMessage'; readonly key: TestKey; readonly message: number }
  | { readonly type: 'openOutput'; readonly key: TestKey }
  | { readonly type: 'rerun'; readonly keys: readonly TestKey[] }
  | { readonly type: 'course' }
  /** What ran there is to be shown. */
  | { readonly type: 'at'; readonly lane: number; readonly ms: number }
  | { readonly type: 'runAll' }
  | { readonly type: 'stop' }
  /** The host asks where to. */
  | { readonly type: 'export' }
  | { readonly type: 'copy'; readonly key: TestKey };

/** What arrived from a webview, if it is one of the messages above; the host must not act on anything else. */
export function fromPanel(value: unknown): FromPanel | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, key, keys, message, lane, ms } = value as Record<string, unknown>;
  switch (type) {
    case 'ready':
    case 'course':
    case 'runAll':
    case 'stop':
    case 'export':
      return { type };
    case 'details':
    case 'reveal':
    case 'openOutput':
    case 'copy':
      return typeof key === 'string' ? { type, key } : undefined;
    case 'openMessage':
      return typeof key === 'string' && Number.isInteger(message)
        ? { type, key, message: message as number }
        : undefined;
    case 'at':
      return typeof lane === 'number' && typeof ms === 'number' ? { type, lane, ms } : undefined;
    case 'rerun':
      return Array.isArray(keys) && keys.every(each => typeof each === 'string') ? { type, keys } : undefined;
    default:
      return undefined;
  }
}
