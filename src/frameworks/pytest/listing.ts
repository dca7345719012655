import type { FailureMessage } from '../../protocol/verdict.ts';

/** What `pytest_list.py` finds out about a folder by asking the pytest that is installed there. */
export type Listing =
  | {
      readonly ok: true;
      readonly version: string;
      readonly program: string;
      readonly files: readonly string[];
      /** Of folders that could not be looked into. */
      readonly problems: readonly FailureMessage[];
      readonly config: string | null;
      /** What pytest looks through when it is started without an argument. */
      readonly paths: readonly string[];
      /** Those of the names of files, functions and classes that are tests. */
      readonly patterns: readonly string[];
      readonly functions: readonly string[];
      readonly classes: readonly string[];
      readonly doctests: boolean;
    }
  | { readonly ok: false; readonly kind: 'missing'; readonly program: string }
  | { readonly ok: false; readonly kind: 'too-old'; readonly program: string; readonly version: string }
  | { readonly ok: false; readonly kind: 'unusable'; readonly failure: FailureMessage };

export type Listed = Extract<Listing, { ok: true }>;

/** The user's code may print too, so the answer stands on a line of its own, after this. */
const marker = '\u0001bulkhead-listing:';

/** The last such line counts. Null: none was written. */
export function readListing(stdout: string): Listing | null {
  return readMarked<Listing>(stdout, marker);
}

/** What stands on the last line that begins with a mark; null: there is none. */
export function readMarked<T>(stdout: string, marker: string): T | null {
  const start = stdout.lastIndexOf(`\n${marker}`);
  if (start === -1) return null;
  const from = start + 1 + marker.length;
  const end = stdout.indexOf('\n', from);
  try {
    return JSON.parse(stdout.slice(from, end === -1 ? undefined : end)) as T;
  } catch {
    // Cut off: the process was killed while it wrote.
    return null;
  }
}
