import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type CoverageDetail,
  type CoverageSummary,
  type FileCoverage,
  mapsName,
  pythonData,
  pythonNote,
  type SourceSurvey,
} from '../protocol/coverage.ts';
import type { Problem } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';
import { plural } from '../reports/excerpt.ts';
import { countsOf, detailsOf, joined } from './detail.ts';
import { Ranges } from './merge.ts';
import { Places, type Scope } from './places.ts';
import { type Lacking, problemOf, type PythonNote, readNote } from './python-notes.ts';
import { readMaps, readReport, type V8Report } from './report.ts';
import { type Ran, Shelf, type StoredScript } from './shelf.ts';
import { pathOf, type Source, Sources, surveyed } from './sources.ts';
import { readTraces, type Trace } from './traced.ts';

/** What one process of tests has left, now that nothing of it is alive. */
export interface TakenAttempt {
  readonly folder: string;
  /** When it was started. */
  readonly at: number;
  /** The only test that was ordered, so that all of it is this test's; null: there were several. */
  readonly only: TestKey | null;
  /** Those that began, with the names that their own parts have. */
  readonly ran: readonly { readonly key: TestKey; readonly slice: string }[];
}

/** Files of Python, and the configuration of coverage.py by which they are to be read, where one was named. */
export interface Unsurveyed {
  readonly files: readonly string[];
  readonly config: string | null;
}

/** The coverage of one run, from what its processes leave to what is asked about it. */
export class Collection {
  readonly #shelf: Shelf;
  readonly #places: Places;
  readonly #sources: Sources;
  readonly #ranges = new Ranges();
  readonly #tests = new Map<TestKey, number>();
  readonly #ranIn = new Map<string, Set<number>>();
  readonly #missing = new Set<TestKey>();
  readonly #changed = new Set<string>();
  /** By interpreter. */
  readonly #lacking = new Map<string, Lacking>();
  #config: string | null = null;

  /** `done`: tests that have their verdicts from an earlier warden, and will not be run again. */
  static begin(folder: string, scope: Scope, done: readonly TestKey[] = []): Collection {
    const shelf = new Shelf(folder);
    shelf.scope = scope;
    const collection = new Collection(shelf, scope);
    collection.#expect(done);
    return collection;
  }

  /** Throws where none was measured. */
  static past(folder: string): Collection {
    const shelf = new Shelf(folder);
    const { scope } = shelf;
    if (!scope) throw new Error('The coverage of this run was not measured, or is not kept any more.');
    return new Collection(shelf, scope);
  }

  private constructor(shelf: Shelf, scope: Scope) {
    this.#shelf = shelf;
    this.#places = new Places(scope);
    this.#sources = new Sources(this.#places, source => this.#shelf.putSource(source));
    this.#restore();
  }

  take({ folder, at, only, ran }: TakenAttempt): void {
    const own = new Map<TestKey, Ranges>();
    const shared = new Ranges();
    for (const { name, scripts } of this.#parts(folder, at)) {
      this.#ranges.add(scripts);
      const keys = only !== null ? [only] : ran.flatMap(({ key, slice }) => (name.includes(slice) ? [key] : []));
      // A part of a test that was ordered alone is that test, too.
      if (only !== null)
        keys.push(...ran.flatMap(({ key, slice }) => (key !== only && name.includes(slice) ? [key] : [])));
      for (const key of keys) own.set(key, (own.get(key) ?? new Ranges()).add(scripts));
      if (keys.length === 0) shared.add(scripts);
    }
    for (const [key, ranges] of own) {
      const scripts = ranges.add(this.#shelf.test(key) ?? []).scripts;
      this.#shelf.putTest(key, scripts);
      this.#note(key, scripts);
    }
    if (shared.scripts.length > 0) this.#shelf.putShared(basename(folder), shared.scripts);
    if (!this.#heed(readNote(folder))) for (const { key } of ran) if (!this.#tests.has(key)) this.#missing.add(key);
    rmSync(folder, { recursive: true, force: true });
  }

  /** True: nothing was measured, so that no test is to be asked for what it ran. */
  #heed(note: PythonNote | null): boolean {
    this.#config = note?.config ?? this.#config;
    if (note?.lacking) this.#lacking.set(note.lacking.program, note.lacking);
    return Boolean(note?.lacking);
  }

  /** What processes left, each part with a name that holds those of the tests whose part it is. */
  *#parts(folder: string, at: number): Generator<{ readonly name: string; readonly scripts: StoredScript[] }> {
    const maps = readMaps(join(folder, mapsName));
    for (const name of namesIn(folder)) {
      if (name.startsWith(`${pythonData}.`)) {
        for (const { context, files } of readTraces(join(folder, name)))
          yield { name: context, scripts: this.#traced(files, at) };
      } else if (name !== mapsName && name !== pythonNote) {
        const report = readReport(join(folder, name), maps);
        if (report) yield { name, scripts: this.#scriptsOf(report, at) };
      }
    }
  }

  /** Files of which it is not known yet what could have run. */
  unsurveyed(): Unsurveyed {
    const files = this.#ranges.scripts.flatMap(script =>
      'arcs' in script && !this.#shelf.hasSource(script.source) ? [script.file] : [],
    );
    return { files: [...new Set(files)], config: this.#config };
  }

  survey(surveys: readonly SourceSurvey[]): void {
    for (const survey of surveys) this.#shelf.putSource(surveyed(survey));
  }

  /** All of it is on disk, for whoever asks later. */
  finish(): void {
    this.#shelf.removeRaw();
    this.#shelf.total = {
      scripts: this.#ranges.scripts,
      tests: [...this.#tests.keys()],
      ranIn: Object.fromEntries([...this.#ranIn].map(([file, tests]) => [file, [...tests]])),
      missing: [...this.#missing],
      changed: [...this.#changed],
      lacking: [...this.#lacking.values()],
    };
  }

  summary(): CoverageSummary {
    const files = [...this.#details(this.#ranges.scripts)].map(([file, detail]): FileCoverage => ({
      file,
      ...countsOf(detail),
      tests: [...(this.#ranIn.get(file) ?? [])],
    }));
    files.sort((a, b) => (a.file < b.file ? -1 : 1));
    return { files, tests: [...this.#tests.keys()], missing: [...this.#missing], problems: this.#problems() };
  }

  /** Of one test, or of all together. */
  detail(file: string, test?: TestKey): CoverageDetail | null {
    const scripts = test === undefined ? this.#ranges.scripts : (this.#shelf.test(test) ?? []);
    return this.#details(scripts).get(file) ?? null;
  }

  #details(scripts: readonly StoredScript[]): Map<string, CoverageDetail> {
    const all = new Map<string, CoverageDetail>();
    for (const [source, ran] of this.#newest(scripts)) {
      for (const [path, detail] of detailsOf(source, ran)) {
        const file = this.#places.of(path);
        if (file === null) continue;
        const known = all.get(file);
        all.set(file, known ? joined(known, detail) : detail);
      }
    }
    return all;
  }

  /** Of a script that was changed between two tests, only the newer one is what anybody will look at. */
  #newest(scripts: readonly StoredScript[]): Iterable<readonly [Source, Ran]> {
    const byUrl = new Map<string, readonly [Source, Ran]>();
    for (const { source: id, ...ran } of scripts) {
      const source = this.#shelf.source(id);
      if (source) byUrl.set(source.url, [source, ran]);
    }
    return byUrl.values();
  }

  #scriptsOf(report: V8Report, before: number): StoredScript[] {
    const scripts = new Ranges();
    for (const { url, functions } of report.result) {
      const ref = this.#sources.of(url, report, before);
      if (ref === 'changed') this.#changed.add(pathOf(url)!);
      else if (ref && ref.files.length > 0) scripts.add([{ source: ref.id, functions }]);
    }
    return scripts.scripts;
  }

  #traced(files: Trace['files'], before: number): StoredScript[] {
    const scripts = new Ranges();
    for (const [file, arcs] of files) {
      const ref = this.#sources.traced(file, before);
      if (ref === 'changed') this.#changed.add(file);
      else if (ref) scripts.add([{ source: ref.id, file, arcs }]);
    }
    return scripts.scripts;
  }

  #note(test: TestKey, scripts: readonly StoredScript[]): void {
    const index = this.#tests.get(test) ?? this.#tests.size;
    this.#tests.set(test, index);
    this.#missing.delete(test);
    const ran = scripts.filter(
      script => 'arcs' in script || script.functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)),
    );
    for (const file of this.#filesOf(ran)) {
      const tests = this.#ranIn.get(file);
      if (tests) tests.add(index);
      else this.#ranIn.set(file, new Set([index]));
    }
  }

  /** A script of one file is that file; of a bundle it must be looked up what of it ran. */
  #filesOf(scripts: readonly StoredScript[]): Iterable<string> {
    const files = new Set<string>();
    for (const script of scripts) {
      const own = 'arcs' in script ? [this.#places.of(script.file) ?? []].flat() : this.#sources.filesOf(script.source);
      if (own?.length === 1) files.add(own[0]!);
      else {
        for (const [file, { lines }] of this.#details([script]))
          if (lines.some(([, count]) => count > 0)) files.add(file);
      }
    }
    return files;
  }

  /** What an earlier warden has kept; page by page where it died before it could put them together. */
  #restore(): void {
    const { total } = this.#shelf;
    if (!total) {
      for (const { test, scripts } of this.#shelf.pages()) {
        this.#ranges.add(scripts);
        if (test !== null) this.#note(test, scripts);
      }
      return;
    }
    this.#ranges.add(total.scripts);
    for (const test of total.tests) this.#tests.set(test, this.#tests.size);
    for (const [file, tests] of Object.entries(total.ranIn)) this.#ranIn.set(file, new Set(tests));
    for (const test of total.missing) this.#missing.add(test);
    for (const file of total.changed) this.#changed.add(file);
    for (const lacking of total.lacking ?? []) this.#lacking.set(lacking.program, lacking);
  }

  /** A warden that was killed may have had their reports in its hands, or their pages outside of the sum. */
  #expect(done: readonly TestKey[]): void {
    for (const test of done.filter(test => !this.#tests.has(test))) {
      const scripts = this.#shelf.test(test);
      if (scripts) {
        this.#ranges.add(scripts);
        this.#note(test, scripts);
      } else this.#missing.add(test);
    }
  }

  #problems(): Problem[] {
    const changed = [...this.#changed].map((file): Problem => ({
      severity: 'warning',
      file,
      message: 'This file was changed while tests ran it, so what they ran of it is not known.',
      fix: 'Run the tests again.',
    }));
    const known = [...changed, ...[...this.#lacking.values()].map(problemOf)];
    if (this.#missing.size === 0) return known;
    const message = `The coverage of ${plural(this.#missing.size, 'test')} is missing: their processes were ended, or ended themselves, before they could write it, or Bulkhead was ended before it had read it.`;
    return [
      ...known,
      {
        severity: 'warning',
        key: 'coverage',
        message,
        fix: 'Their verdicts say why they ended; run them again to have it.',
      },
    ];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // The process did not even begin.
    return [];
  }
}
