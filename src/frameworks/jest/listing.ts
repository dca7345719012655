import type { FailureMessage } from '../../protocol/verdict.ts';

/** What `jest-list` finds out about a folder by asking the jest that is installed there. */
export type Listing =
  | { readonly ok: true; readonly projects: readonly ListedProject[] }
  | { readonly ok: false; readonly failure: FailureMessage };

/** One of jest's own projects: without `projects` in the configuration there is one. */
export interface ListedProject {
  /** Jest's own, a hash. */
  readonly id: string;
  /** Empty: it has no display name. */
  readonly name: string;
  readonly root: string;
  readonly files: readonly string[];
  readonly include: readonly string[];
  /** Why its tests cannot be run here. */
  readonly unfit?: string;
}
