import type { Launch } from '../cages/launch.ts';
import type { Settings } from '../config/settings.ts';
import type { InsideBody, InsideEvent, Order, Reporting } from '../protocol/events.ts';
import type { SourceSurvey } from '../protocol/coverage.ts';
import type { Discovery, Problem } from '../protocol/messages.ts';
import type { Folder, Project, TestInfo } from '../protocol/tests.ts';

export type { Launch } from '../cages/launch.ts';

/** Runs a short process of the user's code (a listing, a probe) in a cage of its own and gives back what it wrote. */
export interface CagedTool {
  /** `allowance` takes the place of the limits of a test: a build may need more than any test does. */
  run(launch: Launch, order?: Order, allowance?: Allowance): Promise<ToolOutcome>;
}

export interface Allowance {
  readonly memoryBytes: number | null;
  readonly ms: number;
}

export interface ToolOutcome {
  readonly events: readonly InsideEvent[];
  readonly stdout: string;
  readonly stderr: string;
  /** Null when it ended by itself with code 0; else a sentence ("ran out of memory, 512 MiB cap"). */
  readonly failure: string | null;
}

export interface Detection {
  readonly projects: readonly Project[];
  readonly problems: readonly Problem[];
}

export interface DetectionContext {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly tool: CagedTool;
  /** Where a framework may keep what it builds; it outlives the run. */
  readonly builds: string;
  /** Work that files of one run share: done when the first of them asks for it. */
  readonly once: Once;
}

export type Once = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** What `exit-code` frameworks make of the leader's own exit; signals and limits are judged before it is asked. */
export type ExitReading =
  | { readonly state: 'passed' | 'failed'; readonly message?: string }
  | { readonly state: 'skipped'; readonly reason: string };

/** How a process came to its end. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Makes events of what one process prints. A test can print anything, so nothing is believed unchecked or kept unbounded. */
export interface OutputTranslator {
  /** In the order of arrival; the answer is what of it is the user's own output. */
  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer;
  /** The process is gone and all that it wrote has been pushed. What is not told by now is judged by how it ended. */
  end(end: ProcessEnd): void;
}

/** How a process that is out of time is asked where it is, before it is ended. */
export type Diagnostics =
  /** A Node, whose inspector SIGUSR1 starts. The code inside has set `process.debugPort` to 0, so that any port will do. */
  | {
      readonly kind: 'node';
      /** In the command of the process that runs tests. */
      readonly program: RegExp;
    }
  /** It prints its stacks on a signal: SIGQUIT for Go and Java, or what Python's `faulthandler` was registered for. */
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

/**
 * How it is found out what tests ran. `v8`: processes of Node tell it themselves, also those that a test starts. `v8-inside`: the code
 * inside the framework asks V8, where the framework compiles the code of tests itself. `coverage.py`: that counts, and is asked once
 * more after a run what of the files could have run.
 */
export type CoverageKind = 'v8' | 'v8-inside' | 'coverage.py';

export interface Framework {
  readonly name: string;
  /** Absent: it cannot be measured. */
  readonly coverage?: CoverageKind;
  /** Absent: it cannot be asked. */
  readonly diagnostics?: Diagnostics;
  readonly reporting: Reporting;
  /** The code inside waits for a debugger where the order says so. */
  readonly debugs?: true;
  /** `file`: it cannot run fewer tests than all of a file. */
  readonly smallestUnit?: 'file';
  /** False: each test of this file needs a process of its own, for nothing but its exit code tells of it. Absent: they may share one. */
  mayShare?(project: Project, file: string): boolean;
  detect(context: DetectionContext): Promise<Detection>;
  /** The tests of one file, in the order in which the framework runs them. */
  discover(project: Project, file: string, context: DetectionContext): Promise<Discovery>;
  /** Builds what the tests of a file are run from, before anything of the file is planned; the answer is why that cannot be had. */
  prepare?(project: Project, file: string, context: DetectionContext): Promise<Problem | null>;
  /** What the text of a file says of its tests without running any of it: while somebody types, and where nobody is trusted. */
  outline?(project: Project, file: string, text: string): readonly TestInfo[];
  /** The process that runs `tests` (all of the same file) of the project. */
  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch;
  /**
   * For `coverage.py`, a part of the files at a time: files that cannot be read any more are left out. `config` is its
   * configuration, where that was named.
   */
  survey?(
    project: Project,
    files: readonly string[],
    config: string | null,
    context: DetectionContext,
  ): AsyncIterable<readonly SourceSurvey[]>;
  /** For `output`: a new one for each process; `say` takes events until `end` has returned. */
  translate?(
    project: Project,
    tests: readonly TestInfo[],
    say: (event: InsideBody) => void,
    launch: Launch,
  ): OutputTranslator;
  readExit?(project: Project, code: number, settings: Settings): ExitReading;
  /** Which of `tests` started a process, by variables of the environment that it began with; null: they do not say. */
  originOf?(tests: readonly TestInfo[], variable: (name: string) => string | null): TestInfo | null;
  /** It does not end while something that a test has left holds a pipe of its own. */
  readonly waitsForHolders?: true;
}
