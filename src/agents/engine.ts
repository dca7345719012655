import type { SettingsLayer } from '../config/settings.ts';
import type { RequestName, Requests, RunSummary, Selection } from '../protocol/messages.ts';
import type { Project } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';

/** How a run ended; without a summary, why. */
export type RunEnd = { readonly summary: RunSummary } | { readonly because: string };

export interface AgentRun {
  readonly selection: Selection;
  readonly overrides: SettingsLayer;
  /** What sets it apart from an ordinary run. */
  readonly name: string;
  readonly onRecord: (record: TestRecord) => void;
  readonly signal: AbortSignal;
}

/** What the tools need of whoever holds a warden: the window with its Test Explorer, or a server on its own. */
export interface AgentEngine {
  ask<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']>;
  /** As they are by now. */
  projects(): Promise<readonly Project[]>;
  /** Resolves when every planned test has a verdict, and, where the signal asks for it, when all is stopped. */
  run(run: AgentRun): Promise<RunEnd>;
}
