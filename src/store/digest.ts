import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type JournalEntry, journalName, runFolder, type RunOpening } from '../engine/journal.ts';
import { reservePath } from '../engine/reserve.ts';
import { isOwned } from '../engine/run-owner.ts';
import type { PastRun, RunState } from '../protocol/history.ts';
import type { RunSummary } from '../protocol/messages.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import { type Attribute, isFailure, type TestRecord, type VerdictKind } from '../protocol/verdict.ts';
import { journalLines } from './journal-lines.ts';

export interface PlannedTest {
  readonly test: TestInfo;
  readonly project: string;
}

/** A run as its journal alone tells it: the truth, of which the database is a copy. */
export interface Digest {
  readonly run: string;
  readonly startedAt: number;
  /** Null where the first line cannot be read: nobody knows then what else was to be run. */
  readonly opening: RunOpening | null;
  readonly state: RunState;
  readonly durationMs: number;
  readonly resumed: number;
  readonly planned: ReadonlyMap<TestKey, PlannedTest>;
  /** The last verdict of each test. */
  readonly verdicts: ReadonlyMap<TestKey, VerdictKind>;
  readonly leaked: ReadonlySet<TestKey>;
  /** Tests that were tried again. */
  readonly retried: ReadonlySet<TestKey>;
  readonly summary: RunSummary | null;
  /** Lines that cannot be read, and entries that the disk did not take. */
  readonly missing: number;
}

/** Null: there is no such run. */
export function digest(folder: string, onRecord: (record: TestRecord) => void = () => undefined): Digest | null {
  const path = join(folder, journalName);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return null;
  let begun: { run: string; at: number; opening: RunOpening } | null = null;
  let resumption: { at: number; earlierMs: number } | null = null;
  let summary: RunSummary | null = null;
  let [missing, resumed, read] = [0, 0, 0];
  const planned = new Map<TestKey, PlannedTest>();
  const verdicts = new Map<TestKey, VerdictKind>();
  const leaked = new Set<TestKey>();
  const retried = new Set<TestKey>();
  for (const { entry, end } of linesOf(folder)) {
    read = end ?? read;
    if (entry === null) {
      missing++;
      continue;
    }
    switch (entry.entry) {
      case 'run':
        begun = { run: entry.run, at: entry.at, opening: openingOf(entry) };
        break;
      case 'resume':
        resumption = entry;
        resumed++;
        summary = null;
        break;
      case 'plan':
        for (const test of entry.tests) planned.set(test.key, { test, project: entry.project });
        break;
      case 'record':
        planned.set(entry.record.test.key, { test: entry.record.test, project: entry.record.project });
        verdicts.set(entry.record.test.key, entry.record.verdict.kind);
        mark(leaked, entry.record, 'leaked-processes');
        mark(retried, entry.record, 'retried');
        onRecord(entry.record);
        break;
      case 'gap':
        missing += entry.entries;
        break;
      case 'end':
        summary = entry.summary;
        break;
      case 'stop':
        break;
    }
  }
  const {
    run,
    at: startedAt,
    opening,
  } = begun ?? { run: basename(folder), at: statSync(path).birthtimeMs, opening: null };
  const state = stateOf(summary, isOwned(folder));
  return {
    run,
    startedAt,
    opening,
    state,
    durationMs: summary?.durationMs ?? durationUntil(statSync(path).mtimeMs, startedAt, resumption),
    resumed,
    planned,
    verdicts,
    leaked,
    retried,
    summary,
    missing: missing + (read < size && state !== 'running' ? 1 : 0),
  };
}

/** `end`: up to there the journal has been read; null: it is not of the journal, but of what was kept aside for a full disk. */
function* linesOf(folder: string): Generator<{ readonly entry: JournalEntry | null; readonly end: number | null }> {
  for (const { entry, at, length } of journalLines(join(folder, journalName))) yield { entry, end: at + length + 1 };
  const aside = reservePath(folder);
  if (existsSync(aside)) for (const { entry } of journalLines(aside)) yield { entry, end: null };
}

/** A later record of the test stands in the place of an earlier one. */
function mark(marked: Set<TestKey>, { test, attributes }: TestRecord, wanted: Attribute['kind']): void {
  if (attributes.some(({ kind }) => kind === wanted)) marked.add(test.key);
  else marked.delete(test.key);
}

function openingOf({ selection, overrides, coverage }: RunOpening): RunOpening {
  return { selection, overrides, ...(coverage ? { coverage } : {}) };
}

export function stateOf(summary: { readonly cancelled: boolean } | null, owned: boolean): RunState {
  if (summary) return summary.cancelled ? 'stopped' : 'ended';
  return owned ? 'running' : 'interrupted';
}

/** The time that a run took without the time between a death and its resumption. */
export function durationUntil(
  now: number,
  startedAt: number,
  resumption: { at: number; earlierMs: number } | null,
): number {
  const ms = resumption ? resumption.earlierMs + now - resumption.at : now - startedAt;
  return Math.max(0, Math.round(ms));
}

/** What the database would say of the run. */
export function pastRunOf(
  storage: string,
  { run, planned, verdicts, leaked, retried, summary, ...found }: Digest,
): PastRun {
  const counts: Partial<Record<VerdictKind, number>> = {};
  for (const kind of verdicts.values()) counts[kind] = (counts[kind] ?? 0) + 1;
  const { state, startedAt, durationMs, resumed, missing } = found;
  const memoryBudgetBytes = summary?.memoryBudgetBytes ?? null;
  const flaky = [...retried].filter(key => !isFailure(verdicts.get(key)!)).length;
  const journal = join(runFolder(storage, run), journalName);
  const sizes = { planned: planned.size, recorded: verdicts.size };
  return {
    run,
    state,
    startedAt,
    durationMs,
    ...sizes,
    counts,
    leaked: leaked.size,
    flaky,
    memoryBudgetBytes,
    resumed,
    missing,
    journal,
  };
}
