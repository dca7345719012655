import type { FailureMessage } from './verdict.ts';

/** Frames that the code inside a framework writes to fd 3, one JSON object a line; `s` counts from 0 without a gap. */
export type InsideEvent = { readonly s: number } & (
  | { readonly t: 'hello'; readonly framework: string; readonly version: string }
  | {
      /** A test as the framework loaded it; `skip` says it will not run it. */
      readonly t: 'found';
      readonly path: readonly string[];
      readonly ordinal: number;
      readonly line?: number;
      readonly column?: number;
      readonly skip?: boolean;
    }
  | { readonly t: 'start'; readonly path: readonly string[]; readonly ordinal: number }
  | {
      readonly t: 'end';
      readonly path: readonly string[];
      readonly ordinal: number;
      readonly state: 'passed' | 'failed' | 'skipped';
      readonly ms: number;
      readonly failures?: readonly FailureMessage[];
      readonly retries?: number;
      readonly reason?: string;
    }
  /** A failure of no single test: loading, a hook, an unhandled rejection after the last test. */
  | { readonly t: 'error'; readonly phase: 'load' | 'hook' | 'teardown'; readonly failure: FailureMessage }
  | { readonly t: 'bye' }
);

export type InsideBody = InsideEvent extends infer E ? (E extends InsideEvent ? Omit<E, 's'> : never) : never;

/** The file whose path is in BULKHEAD_ORDER: what the code inside the framework is asked to do. */
export interface Order {
  readonly mode: 'discover' | 'run';
  readonly file: string;
  /** Absent in `run` mode: every test of the file. */
  readonly tests?: readonly { readonly path: readonly string[]; readonly ordinal: number }[];
}
