import type { FailureMessage } from '../../protocol/verdict.ts';

/** What `mocha-list` finds out about a folder by asking the mocha that is installed there. */
export type Listing =
  | {
      readonly ok: true;
      readonly files: readonly string[];
      /** Arguments that the configuration wants Node to be started with. */
      readonly nodeArgs: readonly string[];
      /** Empty: mocha's default, the folder `test`. */
      readonly spec: readonly string[];
      readonly extension: readonly string[];
      readonly recursive: boolean;
      /** Files that must be loaded before any other (`file` in the configuration). */
      readonly preloaded: readonly string[];
      readonly config: string | null;
    }
  | { readonly ok: false; readonly failure: FailureMessage };
