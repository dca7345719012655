import type { Annotation } from './user-playwright.ts';
import type { PlaywrightError } from './style.ts';

// What playwright's main process and its workers say to each other, in any version from 1.50 on.

/** To a worker: run these tests of a file. `bulkhead` is ours: the tests that are to be told of. */
export interface RunGroup {
  entries: readonly { readonly testId: string; readonly retry: number }[];
  bulkhead?: readonly Charge[];
}

/** A test that a worker is to tell of. */
export interface Charge {
  readonly id: string;
  readonly path: readonly string[];
  readonly ordinal: number;
  readonly retry: number;
  readonly retries: number;
}

export interface TestEnd {
  readonly testId: string;
  readonly duration: number;
  readonly status: string;
  readonly expectedStatus: string;
  readonly errors: readonly PlaywrightError[];
  readonly hasNonRetriableError?: boolean;
  readonly annotations: readonly Annotation[];
  /** Ours: the worker has told of it. */
  bulkhead?: boolean;
}

interface StepBegin {
  readonly testId: string;
  readonly stepId: string;
  readonly parentStepId?: string;
  readonly title: string;
  readonly category: string;
}

interface StepEnd {
  readonly testId: string;
  readonly stepId: string;
  readonly error?: unknown;
}

export interface Attachment {
  readonly testId: string;
  readonly name: string;
  readonly path?: string;
}

interface Chunk {
  readonly text?: string;
  readonly buffer?: string;
}

export type Word =
  | { readonly method: 'runTestGroup'; readonly params: RunGroup }
  | { readonly method: 'testBegin'; readonly params: { readonly testId: string } }
  | { readonly method: 'testEnd'; readonly params: TestEnd }
  | { readonly method: 'stepBegin'; readonly params: StepBegin }
  | { readonly method: 'stepEnd'; readonly params: StepEnd }
  | { readonly method: 'attach'; readonly params: Attachment }
  | { readonly method: 'stdOut' | 'stdErr'; readonly params: Chunk };

export interface Message {
  readonly method: string;
  readonly params?: unknown;
}

/** What a message carries to the other side; null: it is about the process itself. */
export function wordOf(message: unknown): Word | null {
  const { method, params } = (message ?? {}) as Message;
  return method === '__dispatch__' ? (params as Word) : null;
}

export function message(method: string, params: unknown): Message {
  return { method: '__dispatch__', params: { method, params } };
}
