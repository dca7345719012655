import type { SettingsLayer } from '../config/settings.ts';
import type { Problem } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';
import type { ReportTarget } from './report-files.ts';

export interface Everywhere {
  readonly paths: readonly string[];
  readonly folder: string | null;
  readonly json: boolean;
  readonly color: boolean;
}

export interface RunCommand extends Everywhere {
  readonly command: 'run';
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** None: every test of the paths. */
  readonly keys: readonly TestKey[];
  readonly reports: readonly ReportTarget[];
  /** Whether it is measured what the tests run. */
  readonly coverage: boolean;
  /** Files to write that to. */
  readonly lcov: readonly string[];
  readonly layer: SettingsLayer;
}

/** A run that goes on: what it tests is known, so the flags of a run remain. */
export interface ResumeCommand extends Omit<RunCommand, 'command'> {
  readonly command: 'resume';
  /** Null: the newest that can go on. */
  readonly run: string | null;
}

export interface ShowCommand extends Everywhere {
  readonly command: 'show';
  readonly verbose: boolean;
  /** Null: the newest. */
  readonly run: string | null;
}

export interface HistoryCommand extends Everywhere {
  readonly command: 'history';
  readonly limit: number;
}

export interface ListCommand extends Everywhere {
  readonly command: 'list';
}

export interface InitCommand extends Everywhere {
  readonly command: 'init';
}

export interface DoctorCommand extends Everywhere {
  readonly command: 'doctor';
}

/** It speaks a protocol on standard output, so nothing else may be printed there. */
export interface McpCommand extends Pick<Everywhere, 'json' | 'color'> {
  readonly command: 'mcp';
  readonly folder: string | null;
}

/** They are about the machine, not about a folder. */
type MachineWide = Pick<Everywhere, 'json' | 'color'>;

export interface PsCommand extends MachineWide {
  readonly command: 'ps';
}

export interface ReapCommand extends MachineWide {
  readonly command: 'reap';
}

export const topics = ['init', 'run', 'list', 'history', 'show', 'resume', 'doctor', 'ps', 'reap', 'mcp'] as const;

export type HelpTopic = 'bulkhead' | (typeof topics)[number];

export type Command =
  | InitCommand
  | RunCommand
  | ResumeCommand
  | ShowCommand
  | HistoryCommand
  | ListCommand
  | DoctorCommand
  | PsCommand
  | ReapCommand
  | McpCommand
  | { readonly command: 'help'; readonly topic: HelpTopic }
  | { readonly command: 'version' }
  | { readonly command: 'wrong'; readonly topic: HelpTopic; readonly problems: readonly Problem[] };
