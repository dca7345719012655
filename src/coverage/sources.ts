import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TraceMap } from '@jridgewell/trace-mapping';
import type { SourceSurvey } from '../protocol/coverage.ts';
import type { Places } from './places.ts';
import type { CachedMap, V8Report } from './report.ts';

/** What V8 ran: the text of a file, or what the user's tools made of it. */
export type Source = { readonly id: string; readonly url: string; readonly file: string } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mapped'; readonly lineLengths: readonly number[]; readonly map: object }
  | { readonly kind: 'surveyed'; readonly survey: SourceSurvey }
);

/** Which version of its source a script was, without the text of it. */
export interface SourceRef {
  readonly id: string;
  /** The files of the project whose code it is; none: it is of no interest. */
  readonly files: readonly string[];
}

/** Finds out what the scripts of reports were made of; each version of a source is given to `keep` once. */
export class Sources {
  readonly #places: Places;
  readonly #keep: (source: Source) => void;
  readonly #known = new Map<string, { readonly version: string; readonly ref: SourceRef }>();
  readonly #files = new Map<string, readonly string[]>();

  constructor(places: Places, keep: (source: Source) => void) {
    this.#places = places;
    this.#keep = keep;
  }

  /** `changed`: the file was written after `before`, so that nobody knows what ran. Null: it is not the project's. */
  of(url: string, report: V8Report, before: number): SourceRef | 'changed' | null {
    const file = url.startsWith('file:') ? pathOf(url) : null;
    if (file === null || !this.#places.mayHold(file)) return null;
    const stat = statSync(file, { throwIfNoEntry: false });
    const cached = report['source-map-cache']?.[url];
    if (!cached?.data && (!stat?.isFile() || this.#places.of(file) === null)) return null;
    if (!cached?.data && stat!.mtimeMs > before) return 'changed';
    const mappings = cached?.data && 'mappings' in cached.data ? String(cached.data.mappings).length : 0;
    const version = `${stat?.mtimeMs} ${stat?.size} ${mappings} ${cached?.lineLengths.length}`;
    const known = this.#known.get(url);
    if (known?.version === version) return known.ref;
    const source = cached?.data ? mapped(url, file, cached) : plain(url, file);
    const files = source.kind === 'mapped' ? originalsOf(source) : [file];
    const ref = { id: source.id, files: files.flatMap(each => this.#places.of(each) ?? []) };
    if (ref.files.length > 0) this.#keep(source);
    this.#known.set(url, { version, ref });
    this.#files.set(ref.id, ref.files);
    return ref;
  }

  /** Of a file of Python; its survey is made when the run has ended. */
  traced(file: string, before: number): SourceRef | 'changed' | null {
    const own = this.#places.of(file);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (own === null || !stat?.isFile()) return null;
    if (stat.mtimeMs > before) return 'changed';
    const { href } = pathToFileURL(file);
    const version = `${stat.mtimeMs} ${stat.size}`;
    const known = this.#known.get(href);
    if (known?.version === version) return known.ref;
    const text = createHash('sha256').update(readFileSync(file)).digest('hex');
    const ref = { id: idOf(href, text), files: [own] };
    this.#known.set(href, { version, ref });
    this.#files.set(ref.id, ref.files);
    return ref;
  }

  /** Undefined: it was never met here. */
  filesOf(id: string): readonly string[] | undefined {
    return this.#files.get(id);
  }
}

export function surveyed(survey: SourceSurvey): Source {
  const { href: url } = pathToFileURL(survey.file);
  return { kind: 'surveyed', id: idOf(url, survey.text), url, file: survey.file, survey };
}

function plain(url: string, file: string): Source {
  const text = readFileSync(file, 'utf8');
  return { kind: 'text', id: idOf(url, text), url, file, text };
}

export function pathOf(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    // As loaders make them up.
    return null;
  }
}

function mapped(url: string, file: string, { lineLengths, data }: CachedMap): Source {
  return { kind: 'mapped', id: idOf(url, JSON.stringify([lineLengths, data])), url, file, lineLengths, map: data! };
}

function idOf(url: string, content: string): string {
  return createHash('sha256').update(url).update('\0').update(content).digest('hex').slice(0, 24);
}

export function traceOf(map: object, url: string): TraceMap {
  return new TraceMap(map as ConstructorParameters<typeof TraceMap>[0], url);
}

/** The files that a source map names, as paths. */
function originalsOf({ map, url }: Extract<Source, { kind: 'mapped' }>): readonly string[] {
  return traceOf(map, url).resolvedSources.flatMap(source => pathOf(source) ?? []);
}
