import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

/** What of a workspace is measured. */
export interface Scope {
  readonly folders: readonly string[];
  /** Files of tests: that they run is no news. */
  readonly tests: readonly string[];
}

/** Which files count, and by which path the workspace knows them: V8 tells the true one, behind every link. */
export class Places {
  readonly #folders: readonly { readonly real: string; readonly path: string }[];
  readonly #tests: ReadonlySet<string>;

  constructor({ folders, tests }: Scope) {
    this.#folders = folders.map(path => ({ real: realpathOf(path), path }));
    this.#tests = new Set(tests);
  }

  /** Null: it is not the project's own code, or a test. */
  of(file: string): string | null {
    const known = this.#within(file);
    return known === null || this.#tests.has(known) ? null : known;
  }

  /** A test that was bundled with what it tests is no file of the project's to show, and yet holds some. */
  mayHold(file: string): boolean {
    return this.#within(file) !== null;
  }

  #within(file: string): string | null {
    for (const { real, path } of this.#folders) {
      const from = [real, path].find(each => file.startsWith(each + sep));
      if (from === undefined) continue;
      const within = file.slice(from.length);
      return within.includes(`${sep}node_modules${sep}`) ? null : path + within;
    }
    return null;
  }
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Of a folder that is gone nothing will run.
    return path;
  }
}
