import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type JournalEntry, journalVersion } from '../engine/journal.ts';
import { type Brief, isBrief } from '../engine/brief.ts';
import type { SeenProcess } from '../protocol/limits.ts';
import { isTimeline } from '../protocol/timeline.ts';
import { verdictKinds } from '../protocol/verdict.ts';

const chunkBytes = 1024 ** 2;
/** No entry of ours comes near it: more is damage, and is never held in memory. */
const mostLineBytes = 64 * 1024 ** 2;

export interface JournalLine {
  /** Null: it cannot be understood. */
  readonly entry: JournalEntry | null;
  readonly at: number;
  readonly length: number;
}

/** A line of which only the beginning was read. */
export interface BriefLine {
  readonly brief: Brief;
  readonly at: number;
  readonly length: number;
}

/** The whole lines of a journal from an offset on; what follows the last line feed was cut off, or is still being written. */
export function* journalLines(path: string, from = 0): Generator<JournalLine> {
  for (const line of lines(path, from)) yield { entry: entryOf(line), at: line.at, length: line.length };
}

/** The same, with no more of a record than its brief where there is one: that costs a fifth of reading the whole. */
export function* briefLines(path: string, from: number): Generator<JournalLine | BriefLine> {
  for (const line of lines(path, from)) {
    const { at, length } = line;
    const brief = briefIn(line);
    if (brief) yield { brief, at, length };
    else yield { entry: entryOf(line), at, length };
  }
}

/** The record that stands there, if it is still the same file. */
export function entryAt(path: string, at: number, length: number): JournalEntry | null {
  const descriptor = openJournal(path);
  try {
    const line = Buffer.alloc(length);
    return readSync(descriptor, line, 0, length, at) === length ? parseEntry(line.toString('utf8')) : null;
  } finally {
    closeSync(descriptor);
  }
}

interface Line {
  readonly at: number;
  readonly length: number;
  /** Where its bytes are until the next line is asked for; null: it is too long to be one of ours. */
  readonly bytes: Buffer | null;
  readonly begin: number;
}

function entryOf({ bytes, begin, length }: Line): JournalEntry | null {
  return bytes && parseEntry(bytes.toString('utf8', begin, begin + length));
}

const recordHead = '{"entry":"record","brief":';
const mostBriefBytes = 400;

/** Null: the line must be read whole. */
function briefIn({ bytes, begin, length }: Line): Brief | null {
  const last = begin + length;
  if (bytes === null || bytes[last - 1] !== 0x7d) return null;
  const head = bytes.toString('latin1', begin, Math.min(last, begin + mostBriefBytes));
  const end = head.indexOf('],"record":{"test":{', recordHead.length);
  if (end === -1 || !head.startsWith(recordHead)) return null;
  try {
    const brief: unknown = JSON.parse(head.slice(recordHead.length, end + 1));
    return isBrief(brief) ? brief : null;
  } catch {
    // Damaged, or none of ours: whoever reads all of it finds out.
    return null;
  }
}

/** A test may have put a pipe there, which would keep the reader waiting for ever. */
function openJournal(path: string): number {
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

function* lines(path: string, from: number): Generator<Line> {
  const descriptor = openJournal(path);
  try {
    if (!fstatSync(descriptor).isFile()) return;
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let parts: Buffer[] = [];
    let held = 0;
    let start = from;
    for (let read = readSync(descriptor, chunk, 0, chunkBytes, from); read > 0;) {
      let begin = 0;
      for (let end = chunk.indexOf(10); end !== -1 && end < read; end = chunk.indexOf(10, begin)) {
        const length = held + end - begin;
        if (length > mostLineBytes) yield { at: start, bytes: null, begin: 0, length };
        else if (held > 0) {
          const bytes = Buffer.concat([...parts, chunk.subarray(begin, end)]);
          yield { at: start, bytes, begin: 0, length };
        } else if (length > 0) yield { at: start, bytes: chunk, begin, length };
        begin = end + 1;
        start += length + 1;
        parts = [];
        held = 0;
      }
      const rest = read - begin;
      held += rest;
      if (held > mostLineBytes) parts = [];
      else if (rest > 0) parts.push(Buffer.from(chunk.subarray(begin, read)));
      read = readSync(descriptor, chunk, 0, chunkBytes, start + held);
    }
  } finally {
    closeSync(descriptor);
  }
}

function parseEntry(text: string): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(text);
    return isEntry(value) ? withKnownParts(value) : null;
  } catch {
    // Cut off by a kill, or damaged: counted by whoever reads the journal.
    return null;
  }
}

/** What only adds to a record costs no more than itself where it is damaged, or of a newer Bulkhead. */
function withKnownParts(entry: JournalEntry): JournalEntry {
  if (entry.entry !== 'record') return entry;
  const { timeline, processes, ...record } = entry.record;
  const known = {
    ...(isTimeline(timeline) ? { timeline } : {}),
    ...(isSeen(processes) ? { processes } : {}),
  };
  return { ...entry, record: { ...record, ...known } };
}

function isSeen(value: unknown): value is readonly SeenProcess[] {
  return (
    Array.isArray(value) &&
    value.every(each => {
      const { pid, parent, name } = isObject(each) ? each : {};
      return Number.isInteger(pid) && Number.isInteger(parent) && typeof name === 'string';
    })
  );
}

/** Checks what the reader relies on: a journal lies where a test can write too. */
function isEntry(value: unknown): value is JournalEntry {
  if (!isObject(value)) return false;
  switch (value['entry']) {
    case 'run':
      return (
        typeof value['version'] === 'number' &&
        value['version'] <= journalVersion &&
        typeof value['run'] === 'string' &&
        typeof value['at'] === 'number' &&
        isSelection(value['selection']) &&
        isObject(value['overrides'])
      );
    case 'resume':
      return typeof value['at'] === 'number' && typeof value['earlierMs'] === 'number';
    case 'plan':
      return typeof value['project'] === 'string' && Array.isArray(value['tests']) && value['tests'].every(isTest);
    case 'stop':
      return isObject(value['reason']);
    case 'record':
      return isRecord(value['record']);
    case 'gap':
      return typeof value['entries'] === 'number';
    case 'end':
      return isObject(value['summary']) && typeof value['summary']['durationMs'] === 'number';
    default:
      return false;
  }
}

function isSelection(value: unknown): boolean {
  return isObject(value) && (value['kind'] === 'all' || (value['kind'] === 'some' && Array.isArray(value['projects'])));
}

function isTest(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['key'] === 'string' &&
    typeof value['file'] === 'string' &&
    typeof value['framework'] === 'string' &&
    Array.isArray(value['titlePath'])
  );
}

function isRecord(value: unknown): boolean {
  return (
    isObject(value) &&
    isTest(value['test']) &&
    typeof value['project'] === 'string' &&
    isObject(value['verdict']) &&
    (verdictKinds as readonly unknown[]).includes(value['verdict']['kind']) &&
    isObject(value['usage']) &&
    Array.isArray(value['attributes']) &&
    Array.isArray(value['messages']) &&
    isObject(value['output'])
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
