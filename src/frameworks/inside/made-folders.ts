import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';
import { replace } from './replaced.ts';

const { existsSync } = fs;

/** The temporary folders that `mkdtemp` of `node:fs` made, by the test that ran then. */
export class MadeFolders<T extends object> {
  readonly #made = new Map<string, T>();
  #current: T | null = null;

  /** The test that whatever is made belongs to; null: nobody knows. */
  set current(test: T | null) {
    this.#current = test;
  }

  /** From now on, before the user's code can take hold of the functions. */
  listen(): void {
    replace(fs, 'mkdtempSync', (genuine, args) => this.#note(genuine(...args)));
    replace(fs.promises, 'mkdtemp', async (genuine, args) => this.#note(await genuine(...args)));
    replace(fs, 'mkdtemp', (genuine, args) => {
      const done = args.at(-1);
      if (typeof done !== 'function') return genuine(...args);
      const test = this.#current;
      const noted = (error: unknown, folder: unknown) => {
        if (folder !== undefined) this.#note(folder, test);
        Reflect.apply(done, undefined, error ? [error] : [error, folder]);
      };
      return genuine(...args.slice(0, -1), noted);
    });
    syncBuiltinESMExports();
  }

  /** Those that are still there; what ends with the process may yet remove them. */
  *left(): Generator<[T, string]> {
    for (const [folder, test] of this.#made) if (existsSync(folder)) yield [test, folder];
  }

  #note(folder: unknown, test = this.#current): unknown {
    if (test) this.#made.set(resolve(String(folder)), test);
    return folder;
  }
}
