import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import type { TestKey } from '../protocol/tests.ts';
import type { Scope } from './places.ts';
import type { Lacking } from './python-notes.ts';
import type { FunctionRanges } from './report.ts';
import type { Source } from './sources.ts';

/** From a line to the one that ran next; below zero it is where a function is entered or left. */
export type Arc = readonly [from: number, to: number];

/** As V8 counted it, or as coverage.py noted it. */
export type Ran =
  { readonly functions: readonly FunctionRanges[] } | { readonly file: string; readonly arcs: readonly Arc[] };

/** What ran of one version of a script. */
export type StoredScript = Ran & { readonly source: string };

/** What is known of a run without looking at single tests. */
export interface Total {
  readonly scripts: readonly StoredScript[];
  readonly tests: readonly TestKey[];
  /** By file: the places of its tests in that list. */
  readonly ranIn: Readonly<Record<string, readonly number[]>>;
  readonly missing: readonly TestKey[];
  /** Files that were written while tests ran them. */
  readonly changed: readonly string[];
  /** Absent: nothing. */
  readonly lacking?: readonly Lacking[];
}

const packing = { level: constants.Z_BEST_SPEED };

/** Where the processes of a run leave what V8 counted, a folder for each; gone when it is read. */
export function rawFolder(folder: string): string {
  return join(folder, 'raw');
}

/** The coverage of a run on disk: a page for each test, each version of a source once, and all of it together. */
export class Shelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get scope(): Scope | null {
    return this.#read<Scope>('.', 'scope');
  }

  set scope(scope: Scope) {
    this.#write('.', 'scope', scope);
  }

  test(key: TestKey): readonly StoredScript[] | null {
    return this.#read<StoredScript[]>('tests', key);
  }

  putTest(key: TestKey, scripts: readonly StoredScript[]): void {
    this.#write('tests', key, scripts);
  }

  /** What ran for several tests together, or for none. */
  putShared(name: string, scripts: readonly StoredScript[]): void {
    this.#write('shared', name, scripts);
  }

  source(id: string): Source | null {
    return this.#read<Source>('sources', id);
  }

  hasSource(id: string): boolean {
    return existsSync(this.#path('sources', id));
  }

  putSource(source: Source): void {
    if (!this.hasSource(source.id)) this.#write('sources', source.id, source);
  }

  get total(): Total | null {
    return this.#read<Total>('.', 'total');
  }

  set total(total: Total) {
    this.#write('.', 'total', total);
  }

  /** Every page, where nobody lived to put them together. */
  *pages(): Generator<{ readonly test: TestKey | null; readonly scripts: readonly StoredScript[] }> {
    for (const kind of ['tests', 'shared'] as const) {
      for (const name of this.#names(kind)) {
        const scripts = this.#read<StoredScript[]>(kind, name);
        if (scripts) yield { test: kind === 'tests' ? name : null, scripts };
      }
    }
  }

  removeRaw(): void {
    rmSync(rawFolder(this.#folder), { recursive: true, force: true });
  }

  #names(kind: string): string[] {
    const folder = join(this.#folder, kind);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap(name => (name.endsWith('.json.gz') ? [name.slice(0, -8)] : []));
  }

  #read<T>(kind: string, name: string): T | null {
    try {
      return JSON.parse(gunzipSync(readFileSync(this.#path(kind, name))).toString('utf8')) as T;
    } catch {
      // Not there, or cut off by a death: as if it had never been told.
      return null;
    }
  }

  /** There whole or not at all. */
  #write(kind: string, name: string, value: unknown): void {
    const path = this.#path(kind, name);
    mkdirSync(join(this.#folder, kind), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, gzipSync(JSON.stringify(value), packing), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  #path(kind: string, name: string): string {
    return join(this.#folder, kind, `${name}.json.gz`);
  }
}
