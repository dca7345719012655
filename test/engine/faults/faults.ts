import type { Isolation } from '../../../src/config/settings.ts';

/** What is to come of a culprit, as `kind` or `kind/detail`; its neighbours pass. */
export interface Outcome {
  readonly culprit: string;
  /** An attribute of the culprit; in a shared cage where nothing names it, of one of its three tests. */
  readonly attribute?: string | undefined;
}

/** What a test does to everything around it. Each framework has a file of this name, or a folder, with the culprit between two neighbours. */
export const outcomes = {
  'exit-0': { culprit: 'exited-early' },
  'exit-3': { culprit: 'exited-early' },
  'kill-self': { culprit: 'killed-outside' },
  'busy-loop': { culprit: 'timed-out/test' },
  'never-settles': { culprit: 'timed-out/test' },
  'heap-oom': { culprit: 'out-of-memory/heap' },
  'native-oom': { culprit: 'out-of-memory' },
  'live-handle': { culprit: 'timed-out/teardown' },
  'late-throw': { culprit: 'error/teardown' },
  'orphan-inherits': { culprit: 'passed', attribute: 'leaked-processes' },
  'orphan-detached': { culprit: 'passed', attribute: 'leaked-processes' },
  'chatty-orphan': { culprit: 'passed', attribute: 'leaked-processes' },
  'orphan-ignores-sigterm': { culprit: 'passed', attribute: 'leaked-processes' },
  'output-flood': { culprit: 'limit-reached/output' },
  'kill-worker': { culprit: 'killed-outside' },
} as const satisfies Readonly<Record<string, Outcome>>;
export type Fault = keyof typeof outcomes;

/** Where a framework differs, with the reason in a word. */
export type Deviation =
  | { readonly because: string; readonly missing: true }
  | ({
      readonly because: string;
      readonly in?: Isolation;
      readonly neighbours?: Partial<Record<Neighbour, string>>;
    } & Partial<Outcome>);
export type Neighbour = 'before' | 'after';
