import type { Launch } from '../cages/launch.ts';
import type { Settings } from '../config/settings.ts';
import type { InsideEvent, Order } from '../protocol/events.ts';
import type { Discovery, Problem } from '../protocol/messages.ts';
import type { Folder, Project, TestInfo } from '../protocol/tests.ts';

export type { Launch } from '../cages/launch.ts';

/** Runs a short process of the user's code (a listing, a probe) in a cage of its own and gives back what it wrote. */
export interface CagedTool {
  run(launch: Launch, order?: Order): Promise<ToolOutcome>;
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
}

/** What `exit-code` frameworks make of the leader's own exit; signals and limits are judged before it is asked. */
export type ExitReading =
  | { readonly state: 'passed' | 'failed'; readonly message?: string }
  | { readonly state: 'skipped'; readonly reason: string };

export interface Framework {
  readonly name: string;
  /**
   * `events`: code inside the framework reports each test on fd 3, and a run without its last word ended early.
   * `exit-code`: the process is the test.
   */
  readonly reporting: 'events' | 'exit-code';
  detect(context: DetectionContext): Promise<Detection>;
  /** The tests of one file, in the order in which the framework runs them. */
  discover(project: Project, file: string, context: DetectionContext): Promise<Discovery>;
  /** The process that runs `tests` (all of the same file) of the project. */
  launch(project: Project, tests: readonly TestInfo[], settings: Settings): Launch;
  readExit?(project: Project, code: number, settings: Settings): ExitReading;
}
