import type { FailureMessage, LeakKind } from './verdict.ts';

/**
 * `events`: code inside the framework reports each test on fd 3, and a run without its last word ended early.
 * `output`: the same events, made by the engine's side of the framework from what the process prints and how it ends.
 * `exit-code`: the process is the test.
 */
export type Reporting = 'events' | 'output' | 'exit-code';

/**
 * `error`: not the test itself failed, but what the framework does for it before or after. `failed-as-expected`,
 * `passed-unexpectedly`: of a test that is marked as one that fails, where that decides.
 */
export const endStates = ['passed', 'failed', 'error', 'skipped', 'failed-as-expected', 'passed-unexpectedly'] as const;
export type EndState = (typeof endStates)[number];

/**
 * Frames that the code inside a framework writes to fd 3, one JSON object a line. `s` counts from 0 without a gap, for each writer by
 * itself: `w` is absent for the first process, and a number of their own for workers of the framework. A `hello` with a key `k`
 * makes it due in all that follow: what a test writes there itself is recognised. A test that reads it out of the memory of its
 * process can still lie, for they are one program.
 */
export type InsideEvent = { readonly s: number; readonly w?: number; readonly k?: string } & (
  | { readonly t: 'hello'; readonly framework: string; readonly version: string }
  | {
      /**
       * A test as the framework loaded it; `skip` says it will not run it. In `run` mode: one that nobody could list, such as a
       * sub-test, told before its start; it is added to the run.
       */
      readonly t: 'found';
      readonly path: readonly string[];
      readonly ordinal: number;
      readonly line?: number;
      readonly column?: number;
      readonly skip?: boolean;
      readonly tags?: readonly string[];
    }
  /** What the framework kept of a test's output to itself; what it prints needs no such event. */
  | { readonly t: 'output'; readonly text: string }
  | { readonly t: 'start'; readonly path: readonly string[]; readonly ordinal: number }
  | {
      readonly t: 'end';
      readonly path: readonly string[];
      readonly ordinal: number;
      readonly state: EndState;
      /** Of the state `error`; absent: the set-up. */
      readonly phase?: 'hook' | 'teardown';
      readonly ms: number;
      readonly failures?: readonly FailureMessage[];
      readonly retries?: number;
      readonly reason?: string;
      /** The framework saw the process of this test die: a worker of its own, or the program that is the test. */
      readonly died?: { readonly signal?: string; readonly code?: number };
    }
  /**
   * A failure of no test's body: loading, a hook, what goes on after a test. With a path, the test that is to answer for it: the
   * one that began what failed after it had ended, or that a hook belongs to.
   */
  | {
      readonly t: 'error';
      readonly phase: 'load' | 'hook' | 'teardown';
      readonly path?: readonly string[];
      readonly ordinal?: number;
      readonly failure: FailureMessage;
    }
  /** A rejection that nobody handles and that does not count for the framework; with a path, of what this test began. */
  | {
      readonly t: 'unhandled';
      readonly path?: readonly string[];
      readonly ordinal?: number;
      readonly failure: FailureMessage;
    }
  /** It waits at this address until a debugger has come; of the user's code, nothing has been loaded. */
  | { readonly t: 'debugger'; readonly kind: DebuggerKind; readonly host: string; readonly port: number }
  /** At the end: what a test opened and what is still open, of what keeps the process from ending. */
  | { readonly t: 'left'; readonly path: readonly string[]; readonly ordinal: number; readonly what: readonly string[] }
  /** At the end: what a test has left in the process or on the disk, and nothing has put back. */
  | {
      readonly t: 'leak';
      readonly path: readonly string[];
      readonly ordinal: number;
      readonly leak: LeakKind;
      readonly what: readonly string[];
    }
  /** Nothing more will be told; `code` is what the process will then end with, where that is not 0. */
  | { readonly t: 'bye'; readonly code?: number }
);

/** What a client that attaches debuggers has brought along for them. */
export interface DebugMeans {
  /** The folder of a debugpy, for where the user's Python has none. */
  readonly debugpy?: string;
}

/** Whose protocol it speaks: that of Node's inspector, or the Debug Adapter Protocol of debugpy. */
export type DebuggerKind = 'node' | 'python';

/** With these last words and this code a process ends that cannot deliver its events. */
export const undelivered = { code: 70, words: 'Bulkhead: the results of this test run are not delivered' } as const;

export type InsideBody = InsideEvent extends infer E
  ? E extends InsideEvent
    ? Omit<E, 's' | 'w' | 'k'>
    : never
  : never;

/** The file whose path is in BULKHEAD_ORDER: what the code inside the framework is asked to do. */
export interface Order {
  readonly mode: 'discover' | 'run';
  readonly file: string;
  /** Wait for a debugger before anything of the user's is loaded. */
  readonly debug?: DebugMeans;
  /** Absent in `run` mode: every test of the file. */
  readonly tests?: readonly { readonly path: readonly string[]; readonly ordinal: number }[];
  /** Somebody picked these tests out of the file; absent: they are of a run of all of it, where marks such as `.only` count. */
  readonly chosen?: boolean;
}
