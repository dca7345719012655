import type { FailureMessage } from '../../protocol/verdict.ts';

/** What `playwright-list` finds out about a folder by asking the playwright that is installed there. */
export type Listing =
  | {
      readonly ok: true;
      readonly projects: readonly ListedProject[];
      readonly configFile?: string;
      /** The configuration starts servers before its tests. */
      readonly servers: boolean;
    }
  | { readonly ok: false; readonly failure: FailureMessage };

/** One of playwright's own projects: without `projects` in the configuration there is one, without a name. */
export interface ListedProject {
  readonly name: string;
  /** The folder below which it looks for tests. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Those of its patterns that are globs. */
  readonly include: readonly string[];
  /** Where its traces and pictures go. */
  readonly output: string;
}
