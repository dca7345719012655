import type { FailureMessage } from '../../protocol/verdict.ts';

/** What `vitest-list` finds out about a folder by asking the vitest that is installed there. */
export type Listing =
  | { readonly ok: true; readonly projects: readonly ListedProject[]; readonly configs: readonly string[] }
  | { readonly ok: false; readonly failure: FailureMessage };

/** One of vitest's own projects: without a workspace there is one, without a name. */
export interface ListedProject {
  readonly name: string;
  readonly root: string;
  readonly files: readonly string[];
  readonly include: readonly string[];
  readonly browser: boolean;
}
