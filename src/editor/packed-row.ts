import type { Change } from '../protocol/history.ts';
import type { MechanismName } from '../protocol/limits.ts';
import type { TestKey } from '../protocol/tests.ts';
import type { VerdictKind } from '../protocol/verdict.ts';
import type { PanelRecord } from '../panel/messages.ts';

/** Texts that many tests have in common are kept once; beyond so many different ones they have nothing in common. */
const mostShared = 20_000;

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is kept of every test. */
export interface Row {
  readonly row: PanelRecord;
  readonly startedAt: number | null;
  readonly project: string;
  readonly place: Place;
}

/** The number of a text that is shared, or the text itself. */
type Text = number | string;

export type PackedRow = readonly [
  title: string,
  suite: Text,
  folder: Text,
  file: Text,
  kind: Text,
  headline: Text,
  cage: Text,
  project: Text,
  absolute: Text,
  line: number,
  column: number,
  startedAt: number | null,
  durationMs: number | null,
  peakMemoryBytes: number | null,
  memoryCapBytes: number | null,
  cpuMs: number | null,
  maxProcesses: number | null,
  storageBytes: number | null,
  shared: 0 | 1,
  leaked: number,
  attempts: number,
  ...changes: Change[],
];

/** The texts that the rows of one run have in common. */
export class SharedTexts {
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  pack({ row, startedAt, project, place }: Row): PackedRow {
    return [
      row.title,
      this.#number(row.suite),
      this.#number(row.folder),
      this.#number(row.file),
      this.#number(row.kind),
      this.#number(row.headline),
      this.#number(row.cage),
      this.#number(project),
      this.#number(place.file),
      place.line,
      place.column,
      startedAt,
      row.durationMs,
      row.peakMemoryBytes,
      row.memoryCapBytes,
      row.cpuMs,
      row.maxProcesses,
      row.storageBytes,
      row.shared ? 1 : 0,
      row.leaked,
      row.attempts,
      ...(row.changes ?? []),
    ];
  }

  unpack(key: TestKey, packed: PackedRow): Row {
    const [title, suite, folder, file, kind, headline, cage, project, absolute, line, column, startedAt, ...rest] =
      packed;
    const [durationMs, peakMemoryBytes, memoryCapBytes, cpuMs, maxProcesses, storageBytes, ...more] = rest;
    const [shared, leaked, attempts, ...changes] = more;
    const row: PanelRecord = {
      key,
      title,
      suite: this.#text(suite),
      folder: this.#text(folder),
      file: this.#text(file),
      kind: this.#text(kind) as VerdictKind,
      headline: this.#text(headline),
      durationMs,
      peakMemoryBytes,
      memoryCapBytes,
      cpuMs,
      maxProcesses,
      storageBytes,
      shared: shared === 1,
      cage: this.#text(cage) as MechanismName,
      leaked,
      attempts,
      ...(changes.length > 0 ? { changes } : {}),
    };
    return { row, startedAt, project: this.#text(project), place: { file: this.#text(absolute), line, column } };
  }

  #number(text: string): Text {
    const known = this.#numbers.get(text);
    if (known !== undefined || this.#texts.length >= mostShared) return known ?? text;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  #text(text: Text): string {
    return typeof text === 'number' ? this.#texts[text]! : text;
  }
}
