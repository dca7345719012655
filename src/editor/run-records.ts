import { changes, type Change, type Comparison } from '../protocol/history.ts';
import type { CageDescription } from '../protocol/limits.ts';
import type { RunSummary, Selection } from '../protocol/messages.ts';
import type { Folder, TestInfo, TestKey } from '../protocol/tests.ts';
import { type FailureMessage, isFailure, type TestRecord, type VerdictKind } from '../protocol/verdict.ts';
import { detailsText } from '../panel/copy.ts';
import type { PanelDetails, PanelRecord, ResourceRow, RunHead } from '../panel/messages.ts';
import { panelDetails, panelRecord } from '../panel/record.ts';
import { resourcesOf } from '../panel/resources.ts';
import { type Course, courseOf } from '../panel/spans.ts';

/** Characters of details kept of one run; the rows themselves are small. */
const detailsBudget = 16 * 1024 ** 2;
/** Texts that many tests have in common are kept once; beyond so many different ones they have nothing in common. */
const mostShared = 20_000;
const nowhere: readonly undefined[] = [];

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Kept {
  row: PanelRecord;
  readonly startedAt: number | null;
  readonly project: string;
  readonly place: Place;
  readonly messagePlaces: readonly (Place | undefined)[];
  details: PanelDetails | null;
}

/** One run as the report shows it: rows for every test, details while they fit, those of failures the longest. */
export class RunRecords {
  readonly run: string;
  readonly title: string;
  readonly startedAt: number;
  /** Null until a warden runs. */
  cage: CageDescription | null = null;
  readonly #kept = new Map<TestKey, Kept>();
  readonly #unfinished = new Map<TestKey, TestInfo>();
  readonly #passedWithDetails: Kept[] = [];
  /** Where the oldest of them stands: to take it from the front would move all the others. */
  #oldest = 0;
  readonly #shared = new Map<string, string>();
  readonly counts: Partial<Record<VerdictKind, number>> = {};
  #detailsSize = 0;
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
    for (const test of tests) this.#unfinished.set(test.key, test);
  }

  /** For a run that is read from the history: how many tests it had, whether they have a verdict or not. */
  expect(planned: number): void {
    this.#planned = planned;
  }

  add(record: TestRecord, folder: Folder): PanelRecord {
    const { test, verdict } = record;
    this.#unfinished.delete(test.key);
    const { suite, file, headline, ...own } = panelRecord(record, folder);
    const row = { ...own, suite: this.#once(suite), file: this.#once(file), headline: this.#once(headline) };
    const place = { file: this.#once(test.file), line: test.line ?? 1, column: test.column ?? 1 };
    const messagePlaces = record.messages.length === 0 ? nowhere : record.messages.map(placeOf);
    const project = this.#once(record.project);
    const { startedAt } = record;
    const kept: Kept = { row, startedAt, project, place, messagePlaces, details: panelDetails(record) };
    this.#kept.set(test.key, kept);
    this.counts[verdict.kind] = (this.counts[verdict.kind] ?? 0) + 1;
    for (const attribute of record.attributes) {
      if (attribute.kind === 'survivors') this.#survivors += attribute.processes.length;
    }
    this.#afford(kept);
    return row;
  }

  /** Tests that were planned and have no verdict yet. */
  unfinished(): TestInfo[] {
    return [...this.#unfinished.values()];
  }

  get planned(): number {
    return Math.max(this.#planned, this.#kept.size);
  }

  get finished(): number {
    return this.#kept.size;
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
  rows(): PanelRecord[] {
    const rows = [...this.#kept.values()].map(({ row }) => row);
    return [...rows.filter(({ kind }) => isFailure(kind)), ...rows.filter(({ kind }) => !isFailure(kind))];
  }

  /** The rows that changed since they ran the last time before. */
  compare(comparison: Comparison): PanelRecord[] {
    const changed = new Map<Kept, Change[]>();
    for (const change of changes)
      for (const key of comparison[change]) {
        const kept = this.#kept.get(key);
        if (kept) changed.set(kept, [...(changed.get(kept) ?? []), change]);
      }
    return [...changed].map(([kept, changes]) => (kept.row = { ...kept.row, changes }));
  }

  course(): Course {
    const ran = [...this.#kept.values()].map(({ row, startedAt }) => ({ ...row, startedAt }));
    return courseOf(ran);
  }

  details(key: TestKey): PanelDetails | null {
    return this.#kept.get(key)?.details ?? null;
  }

  /** The same for somebody who looks at it, in words. */
  toldDetails(key: TestKey): { details: PanelDetails; resources: readonly ResourceRow[] } | null {
    const { row, details } = this.#kept.get(key) ?? {};
    return row && details ? { details, resources: resourcesOf(row, details) } : null;
  }

  detailsText(key: TestKey): string | null {
    const { row, details } = this.#kept.get(key) ?? {};
    return row && details ? detailsText(row, details) : null;
  }

  verdict(key: TestKey): VerdictKind | undefined {
    return this.#kept.get(key)?.row.kind;
  }

  place(key: TestKey): Place | undefined {
    return this.#kept.get(key)?.place;
  }

  messagePlace(key: TestKey, message: number): Place | undefined {
    return this.#kept.get(key)?.messagePlaces[message];
  }

  failed(): TestKey[] {
    return [...this.#kept].filter(([, { row }]) => isFailure(row.kind)).map(([key]) => key);
  }

  /** Tests whose whole output is in a file. */
  withOutputFile(): PanelRecord[] {
    return [...this.#kept.values()].flatMap(({ row, details }) => (details?.output.file === undefined ? [] : [row]));
  }

  /** Exactly these tests again. */
  selection(keys: readonly TestKey[]): Selection {
    const projects = new Map<string, Map<string, TestKey[]>>();
    for (const key of keys) {
      const kept = this.#kept.get(key);
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

  #afford(kept: Kept): void {
    this.#detailsSize += sizeOf(kept.details);
    if (!isFailure(kept.row.kind)) this.#passedWithDetails.push(kept);
    while (this.#detailsSize > detailsBudget) {
      const oldest = this.#passedWithDetails[this.#oldest];
      if (oldest) this.#oldest++;
      const dropped = oldest ?? kept;
      this.#detailsSize -= sizeOf(dropped.details);
      dropped.details = null;
      if (dropped === kept) break;
    }
    if (this.#oldest < 1_000) return;
    this.#passedWithDetails.splice(0, this.#oldest);
    this.#oldest = 0;
  }

  #once(text: string): string {
    const known = this.#shared.get(text);
    if (known === undefined && this.#shared.size < mostShared) this.#shared.set(text, text);
    return known ?? text;
  }
}

function placeOf({ file, line, column = 1 }: FailureMessage): Place | undefined {
  return file === undefined || line === undefined ? undefined : { file, line, column };
}

function sizeOf(details: PanelDetails | null): number {
  if (!details) return 0;
  const messages = details.messages.map(
    ({ text, stack = '', expected = '', actual = '' }) => text.length + stack.length + expected.length + actual.length,
  );
  const processes = 200 * details.processes.length;
  const course = 16 * (details.timeline?.memoryKiB.length ?? 0);
  return messages.reduce((sum, size) => sum + size, 1_000 + details.output.text.length + course + processes);
}
