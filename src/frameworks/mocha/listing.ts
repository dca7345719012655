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

/** The configuration may be a script that prints, so the answer stands on a line of its own, after this. */
const marker = '\u0001bulkhead-listing:';

export function listingLine(listing: Listing): string {
  return `\n${marker}${JSON.stringify(listing)}`;
}

/** The last such line counts. Null: none was written. */
export function readListing(stdout: string): Listing | null {
  const start = stdout.lastIndexOf(`\n${marker}`);
  if (start === -1) return null;
  const from = start + 1 + marker.length;
  const end = stdout.indexOf('\n', from);
  try {
    return JSON.parse(stdout.slice(from, end === -1 ? undefined : end)) as Listing;
  } catch {
    // Cut off: the process was killed while it wrote.
    return null;
  }
}
