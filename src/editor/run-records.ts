import { changes, type Change, type Comparison } from '../protocol/history.ts';
import type { CageDescription } from '../protocol/limits.ts';
import type { RunSummary, Selection } from '../protocol/messages.ts';
import type { Folder, TestInfo, TestKey } from '../protocol/tests.ts';
import { type FailureMessage, isFailure, type TestRecord, type VerdictKind } from '../protocol/verdict.ts';
import { detailsText } from '../panel/copy.ts';
import type { PanelDetails, PanelRecord, ResourceRow, RunHead } from '../panel/messages.ts';
import { panelDetails, panelRecord } from '../panel/record.ts';
import { resourcesOf } from '../panel/resources.ts';
import { type Course, courseOf, type Ran } from '../panel/spans.ts';
import { Packed } from './packed.ts';
import { type PackedRow, type Place, type Row, SharedTexts } from './packed-row.ts';

/** Bytes of details kept of one run; the rows themselves are small. The history has the others, and all of these too. */
const detailsBudget = 16 * 1024 ** 2;
/** Of tests that did not fail. */
const otherDetailsBudget = 2 * 1024 ** 2;

interface Detailed {
  readonly details: PanelDetails;
  readonly messagePlaces: readonly (Place | null)[];
}

/** One run as the report shows it: rows for every test, details while they fit, those of failures the longest. */
export class RunRecords {
  readonly run: string;
  readonly title: string;
  readonly startedAt: number;
  /** Null until a warden runs. */
  cage: CageDescription | null = null;
  readonly #rows = new Packed<PackedRow>();
  readonly #texts = new SharedTexts();
  /** The positions of those that failed. */
  readonly #failed = new Set<number>();
  readonly #unfinished = new Packed<Omit<TestInfo, 'key'>>();
  /** Apart, because one of a page that stays would keep the page. */
  readonly #detailsOfFailed = new Packed<Detailed>();
  readonly #otherDetails = new Packed<Detailed>();
  /** Once they have no more room, those of later tests are not even made. */
  #otherDetailsFull = false;
  /** What somebody has just looked at and had to be asked for. */
  #recalled: { readonly key: TestKey; readonly detailed: Detailed } | undefined;
  readonly counts: Partial<Record<VerdictKind, number>> = {};
  #planned = 0;
  #survivors = 0;
  summary: RunSummary | undefined;
  lostBecause: string | undefined;

  constructor(run: string, title: string, startedAt: number) {
    this.run = run;
    this.title = title;
    this.startedAt = startedAt;
  }

  plan(tests: readonly TestInfo[]): void {
    this.#planned += tests.length;
    for (const { key, ...test } of tests) this.#unfinished.set(key, test);
  }

  /** For a run that is read from the history: how many tests it had, whether they have a verdict or not. */
  expect(planned: number): void {
    this.#planned = planned;
  }

  add(record: TestRecord, folder: Folder): PanelRecord {
    const { test, verdict, startedAt, project } = record;
    this.#unfinished.delete(test.key);
    const row = panelRecord(record, folder);
    const place = { file: test.file, line: test.line ?? 1, column: test.column ?? 1 };
    this.#keep({ row, startedAt, project, place });
    this.counts[verdict.kind] = (this.counts[verdict.kind] ?? 0) + 1;
    for (const attribute of record.attributes) {
      if (attribute.kind === 'survivors') this.#survivors += attribute.processes.length;
    }
    this.#afford(record);
    return row;
  }

  /** The details of a test of which only the row is kept, until those of another one are recalled. */
  recall(record: TestRecord): void {
    this.#recalled = { key: record.test.key, detailed: detailedOf(record) };
  }

  /** Tests that were planned and have no verdict yet. */
  *unfinished(): Generator<TestInfo> {
    for (const [key, test] of this.#unfinished.entries()) yield { ...test, key };
  }

  get planned(): number {
    return Math.max(this.#planned, this.#rows.size);
  }

  get finished(): number {
    return this.#rows.size;
  }

  /** Processes that could not be killed. */
  get survivors(): number {
    return this.#survivors;
  }

  head(now: number): RunHead {
    const { run, title, startedAt, planned, cage } = this;
    return { run, title, startedAt, elapsedMs: now - startedAt, planned, cage };
  }

  /** What failed comes first: it is what the panel shows first, and it begins before it has them all. */
  *rows(): Generator<PanelRecord> {
    for (const failed of [true, false])
      for (const [key, packed] of this.#rows.entries(position => this.#failed.has(position) === failed))
        yield this.#texts.unpack(key, packed).row;
  }

  /** The same, so many at a time. */
  *portions(most: number): Generator<PanelRecord[]> {
    let portion: PanelRecord[] = [];
    for (const row of this.rows()) {
      if (portion.push(row) < most) continue;
      yield portion;
      portion = [];
    }
    if (portion.length > 0) yield portion;
  }

  /** The rows that changed since they ran the last time before. */
  compare(comparison: Comparison): PanelRecord[] {
    const changed = new Map<TestKey, Change[]>();
    for (const change of changes)
      for (const key of comparison[change])
        if (this.#rows.has(key)) changed.set(key, [...(changed.get(key) ?? []), change]);
    return [...changed].map(([key, changes]) => {
      const kept = this.#row(key)!;
      const row = { ...kept.row, changes };
      this.#keep({ ...kept, row });
      return row;
    });
  }

  course(): Course {
    return courseOf(this.#ran());
  }

  details(key: TestKey): PanelDetails | null {
    return this.#detailed(key)?.details ?? null;
  }

  /** The same for somebody who looks at it, in words. */
  toldDetails(key: TestKey): { details: PanelDetails; resources: readonly ResourceRow[] } | null {
    const { row } = this.#row(key) ?? {};
    const details = this.details(key);
    return row && details ? { details, resources: resourcesOf(row, details) } : null;
  }

  detailsText(key: TestKey): string | null {
    const { row } = this.#row(key) ?? {};
    const details = this.details(key);
    return row && details ? detailsText(row, details) : null;
  }

  verdict(key: TestKey): VerdictKind | undefined {
    return this.#row(key)?.row.kind;
  }

  place(key: TestKey): Place | undefined {
    return this.#row(key)?.place;
  }

  messagePlace(key: TestKey, message: number): Place | undefined {
    return this.#detailed(key)?.messagePlaces[message] ?? undefined;
  }

  get hasFailed(): boolean {
    return this.#failed.size > 0;
  }

  failed(): TestKey[] {
    return [...this.#failed].flatMap(position => this.#rows.at(position)?.[0] ?? []);
  }

  /** Tests whose whole output is in a file. */
  withOutputFile(): PanelRecord[] {
    const all = [this.#detailsOfFailed, this.#otherDetails].flatMap(store => [...store.entries()]);
    const saved = all.filter(([, { details }]) => details.output.file !== undefined);
    return saved.flatMap(([key]) => this.#row(key)?.row ?? []);
  }

  /** All of its tests again. */
  wholeSelection(): Selection {
    return this.selection([...this.#rows.entries()].map(([key]) => key));
  }

  /** Exactly these tests again. */
  selection(keys: readonly TestKey[]): Selection {
    const projects = new Map<string, Map<string, TestKey[]>>();
    for (const key of keys) {
      const kept = this.#row(key);
      if (!kept) continue;
      const files = projects.get(kept.project) ?? new Map<string, TestKey[]>();
      projects.set(kept.project, files.set(kept.place.file, [...(files.get(kept.place.file) ?? []), key]));
    }
    return {
      kind: 'some',
      projects: [...projects].map(([project, files]) => ({
        project,
        files: [...files].map(([file, tests]) => ({ file, tests })),
      })),
    };
  }

  *#ran(): Generator<Ran> {
    for (const [key, packed] of this.#rows.entries()) {
      const { row, startedAt } = this.#texts.unpack(key, packed);
      const { kind, durationMs, peakMemoryBytes, memoryCapBytes } = row;
      yield { key, kind, startedAt, durationMs, peakMemoryBytes, memoryCapBytes };
    }
  }

  #row(key: TestKey): Row | undefined {
    const packed = this.#rows.get(key);
    return packed && this.#texts.unpack(key, packed);
  }

  #keep(kept: Row): void {
    const position = this.#rows.set(kept.row.key, this.#texts.pack(kept));
    if (isFailure(kept.row.kind)) this.#failed.add(position);
    else this.#failed.delete(position);
  }

  #detailed(key: TestKey): Detailed | undefined {
    const kept = this.#detailsOfFailed.get(key) ?? this.#otherDetails.get(key);
    return kept ?? (this.#recalled?.key === key ? this.#recalled.detailed : undefined);
  }

  #afford(record: TestRecord): void {
    const [failed, others] = [this.#detailsOfFailed, this.#otherDetails];
    const { key } = record.test;
    failed.delete(key);
    others.delete(key);
    if (this.#recalled?.key === key) this.#recalled = undefined;
    const isFailed = isFailure(record.verdict.kind);
    if (!isFailed && this.#otherDetailsFull) return;
    (isFailed ? failed : others).set(key, detailedOf(record));
    this.#otherDetailsFull ||= others.bytes > otherDetailsBudget;
    while (failed.bytes + others.bytes > detailsBudget) {
      this.#otherDetailsFull = true;
      if (!others.deleteFirst()) return failed.delete(key);
    }
  }
}

function detailedOf(record: TestRecord): Detailed {
  return { details: panelDetails(record), messagePlaces: record.messages.map(placeOf) };
}

function placeOf({ file, line, column = 1 }: FailureMessage): Place | null {
  return file === undefined || line === undefined ? null : { file, line, column };
}
