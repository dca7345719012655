import type { CoverageRequests } from './coverage.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DebuggerKind, DebugMeans } from './events.ts';
import type { HistoryRequests } from './history.ts';
import type { CageDescription, MechanismName, ProcessInfo, ProcessUsage } from './limits.ts';
import type { SettingsLayer } from './settings.ts';
import type { ShortNotice } from './shorthand.ts';
import type { Folder, Project, TestInfo, TestKey } from './tests.ts';
import type { TestRecord, VerdictKind } from './verdict.ts';

export const protocolVersion = 1;

/** The answer to whoever waits for a run that was going on when its warden was asked to end, and by nobody who waits. */
export const wardenEnds = 'The run was interrupted, because its warden had to end.';

/** What is said of the user's set-up, so that it can be mended. */
export interface Problem {
  /** `hint`: nothing is wrong, and something could be better. */
  readonly severity: 'error' | 'warning' | 'hint';
  readonly file?: string;
  readonly line?: number;
  readonly key?: string;
  readonly message: string;
  /** What to do next, in a sentence. */
  readonly fix?: string;
  /** The doctor's page says more. */
  readonly doctor?: true;
}

export interface FolderSetup {
  readonly folder: Folder;
  /** Values that stand above the project's file: the editor's settings, the command line's flags, the environment. */
  readonly overrides: SettingsLayer;
}

/** What to run: whole projects, files, or single tests. */
export type Selection =
  { readonly kind: 'all' } | { readonly kind: 'some'; readonly projects: readonly ProjectSelection[] };

export interface ProjectSelection {
  readonly project: string;
  /** Absent: every file of the project. */
  readonly files?: readonly FileSelection[];
}

export interface FileSelection {
  readonly file: string;
  /** Absent: every test of the file. */
  readonly tests?: readonly TestKey[];
}

/** What a child would have from its parent, for a warden that was started by someone else. */
export interface Inheritance {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly umask: number;
  /** What no request can give: the warden compares them with its own. */
  readonly surroundings: Readonly<Record<string, string>>;
}

/** Requests and the type of their answers, by name. */
export interface Requests extends HistoryRequests, CoverageRequests {
  /** Before `hello`, and only to a warden that inherited nothing from its client. */
  settle: { params: Inheritance; result: null };
  hello: { params: { protocol: number; storage: string; folders: readonly FolderSetup[] }; result: WardenInfo };
  configure: { params: { folders: readonly FolderSetup[] }; result: null };
  projects: { params: Record<string, never>; result: { projects: readonly Project[]; problems: readonly Problem[] } };
  /** With `text`: what that text says, where it can be read without running anything. */
  discover: { params: { project: string; file: string; text?: string }; result: Discovery };
  /**
   * With `coverage`, what its tests run is measured, to be asked for when it has ended. With `debug`, one cage after the other waits
   * for a debugger (see the notice of that name), and no time limit counts.
   */
  run: {
    params: { run: string; selection: Selection; overrides: SettingsLayer; coverage?: boolean; debug?: DebugMeans };
    result: RunSummary;
  };
  /**
   * Goes on with a run that was interrupted or stopped, under its own id: everything of its selection that has no verdict, or was
   * cancelled. The answer counts the whole run.
   */
  resume: { params: { run: string; overrides: SettingsLayer }; result: RunSummary };
  stop: { params: { run?: string; hard: boolean }; result: { stoppedRuns: number; survivors: readonly ProcessInfo[] } };
  status: { params: Record<string, never>; result: WardenStatus };
  /** Ends one cage: its tests are cancelled, its run goes on. `found`: it was alive when it was asked for. */
  endCage: { params: { cage: string }; result: { found: boolean; survivors: readonly ProcessInfo[] } };
  /** Freezes every cage and every time limit, as Ctrl-Z in a terminal does, until `thaw`. */
  freeze: { params: Record<string, never>; result: null };
  thaw: { params: Record<string, never>; result: null };
  /** What is alive of dead wardens of this user. */
  leftovers: { params: Record<string, never>; result: readonly WardenSight[] };
  /** Ends what dead wardens of this user have left. */
  reap: { params: Record<string, never>; result: Reaping };
  /** Tries every kind of cage, also those that a remembered choice spares. */
  doctor: { params: Record<string, never>; result: Diagnosis };
}

export type RequestName = keyof Requests;

export interface WardenInfo {
  readonly pid: number;
  readonly node: string;
  readonly cage: CageDescription;
  readonly problems: readonly Problem[];
}

export interface Discovery {
  readonly tests: readonly TestInfo[];
  readonly problem?: Problem;
}

export interface RunSummary {
  readonly run: string;
  readonly planned: number;
  readonly counts: Readonly<Partial<Record<VerdictKind, number>>>;
  readonly leaked: number;
  /** Tests that passed when they were tried again. */
  readonly flaky: number;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly cancelled: boolean;
  /** What the caps of all cages at work may have together; absent: an older Bulkhead ran it. */
  readonly memoryBudgetBytes?: number;
  readonly problems: readonly Problem[];
  /** The run's journal; null when it could not be written. */
  readonly journal: string | null;
  /** Verdicts that are not shown, because the disk was full. */
  readonly unkept?: number;
}

/** What a cage is for. */
export interface CageSubject {
  /** The title of its test, or its file and how many tests, or what else is done in it. */
  readonly label: string;
  /** Null: a discovery or a listing, of no run. */
  readonly run: string | null;
  /** Null where it holds several tests, or none. */
  readonly test: TestKey | null;
}

export interface CageStatus extends CageSubject {
  readonly name: string;
  readonly mechanism: MechanismName;
  readonly memoryBytes: number | null;
  readonly memoryCapBytes: number | null;
  readonly processes: readonly ProcessUsage[];
  readonly ageMs: number;
}

export interface WardenStatus {
  readonly pid: number;
  readonly uptimeMs: number;
  readonly memoryBytes: number;
  readonly runs: readonly string[];
  readonly cages: readonly CageStatus[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** A warden as its page in the ledger shows it to another process. */
export interface WardenSight {
  readonly pid: number;
  /** `elsewhere`: in another container or on another machine, so neither its life nor its processes can be seen from here. */
  readonly state: 'alive' | 'dead' | 'elsewhere';
  /** Milliseconds since the epoch; null: its page is damaged. */
  readonly since: number | null;
  readonly folders: readonly string[];
  /** Of the warden itself. */
  readonly memoryBytes: number | null;
  readonly cages: readonly CageStatus[];
}

/** What dead wardens had left, and what became of it. */
export interface Reaping {
  readonly wardens: readonly ReapedWarden[];
  /** Control groups that could not be emptied or removed, each with the reason; the next one tries again. */
  readonly unfinished: readonly string[];
}

export interface ReapedWarden {
  readonly pid: number;
  readonly cages: readonly CageSubject[];
  readonly killed: readonly ProcessInfo[];
  /** Alive even after the kill. */
  readonly survivors: readonly ProcessInfo[];
}

/** What the warden says on its own. */
export type Notice =
  | { readonly notice: 'planned'; readonly run: string; readonly tests: readonly TestInfo[] }
  | { readonly notice: 'started'; readonly run: string; readonly key: TestKey; readonly at: number }
  /** It has been running for longer than a test should. */
  | { readonly notice: 'slow'; readonly run: string; readonly key: TestKey; readonly ms: number }
  | { readonly notice: 'output'; readonly run: string; readonly key: TestKey; readonly text: string }
  | { readonly notice: 'record'; readonly run: string; readonly record: TestRecord }
  /** The process of these tests waits for a debugger there. */
  | {
      readonly notice: 'debugger';
      readonly run: string;
      readonly tests: readonly TestKey[];
      readonly file: string;
      readonly label: string;
      readonly kind: DebuggerKind;
      readonly host: string;
      readonly port: number;
    }
  | {
      readonly notice: 'live';
      readonly memoryBytes: number;
      readonly processes: number;
      readonly cages: number;
      readonly running: number;
      /** What all cages of the runs that go on may have together; absent while none does. */
      readonly memoryBudgetBytes?: number;
    }
  /** Another kind of cage from now on: others are forbidden than before. */
  | { readonly notice: 'cage'; readonly cage: CageDescription }
  | { readonly notice: 'problem'; readonly run?: string; readonly problem: Problem }
  | { readonly notice: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };

export type ToWarden = {
  [N in RequestName]: { readonly id: number; readonly request: N; readonly params: Requests[N]['params'] };
}[RequestName];

export type FromWarden =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | Notice
  | ShortNotice;
