import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Target } from './packages.ts';
import { type RustModule, type RustOutline, rustOutline } from './outline.ts';

/** A file of a target, and the module that it is. */
export interface RustFile {
  readonly file: string;
  readonly target: Target;
  readonly module: readonly string[];
  readonly outline: RustOutline;
}

/** A module that includes itself ends somewhere. */
const mostFiles = 20_000;

/** Reads files of Rust, and none of them twice while it stays as it is. */
export class RustFiles {
  readonly #read = new Map<string, { readonly stamp: string; readonly outline: RustOutline }>();

  /** The files that the modules of a target are in, its root first. */
  async of(target: Target): Promise<readonly RustFile[]> {
    const found = new Map<string, RustFile>();
    let wave: { file: string; module: readonly string[]; folder: string }[] = [
      { file: target.source, module: [], folder: dirname(target.source) },
    ];
    while (wave.length > 0 && found.size < mostFiles) {
      const files = await Promise.all(wave.map(async each => ({ ...each, outline: await this.#outline(each.file) })));
      wave = files.flatMap(({ file, module, folder, outline }) => {
        if (!outline || found.has(file)) return [];
        found.set(file, { file, target, module, outline });
        return outline.modules.flatMap(each =>
          placesOf(each, file, folder).map(place => ({ ...place, module: [...module, ...each.path] })),
        );
      });
    }
    return [...found.values()];
  }

  /** Null: there is no such file. */
  async #outline(file: string): Promise<RustOutline | null> {
    try {
      const { mtimeMs, size } = await stat(file);
      const stamp = `${mtimeMs} ${size}`;
      const known = this.#read.get(file);
      if (known?.stamp === stamp) return known.outline;
      const outline = rustOutline(await readFile(file, 'utf8'));
      this.#read.set(file, { stamp, outline });
      return outline;
    } catch {
      // A module may be at one of two places, or nowhere yet.
      return null;
    }
  }
}

/** Where a module may be, with the folder in which its own modules are. */
function placesOf({ path, at }: RustModule, file: string, folder: string): { file: string; folder: string }[] {
  const plain = path.map(name => name.replace(/^r#/, ''));
  const around = join(folder, ...plain.slice(0, -1));
  if (at !== undefined) {
    const place = join(plain.length > 1 ? around : dirname(file), at);
    return [{ file: place, folder: dirname(place) }];
  }
  const own = join(around, plain.at(-1)!);
  return [
    { file: `${own}.rs`, folder: own },
    { file: join(own, 'mod.rs'), folder: own },
  ];
}

/** `main` of its own in a test's root: the file has `harness = false`, which cargo does not tell. */
export function hasOwnMain({ file, target, outline }: RustFile): boolean {
  return (
    target.kind === 'test' &&
    file === target.source &&
    outline.functions.some(({ path }) => path.length === 1 && path[0] === 'main')
  );
}

/** As the test of a file that tells of no tests. */
export function titleOfProgram(file: string): readonly string[] {
  return [basename(file)];
}
