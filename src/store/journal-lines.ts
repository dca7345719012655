import { closeSync, openSync, readSync } from 'node:fs';
import { type JournalEntry, journalVersion } from '../engine/journal.ts';
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

/** The whole lines of a journal from an offset on; what follows the last line feed was cut off, or is still being written. */
export function* journalLines(path: string, from = 0): Generator<JournalLine> {
  for (const { at, bytes, length } of lines(path, from)) yield { entry: bytes && parseEntry(bytes), at, length };
}

/** The record that stands there, if it is still the same file. */
export function entryAt(path: string, at: number, length: number): JournalEntry | null {
  const descriptor = openSync(path, 'r');
  try {
    const line = Buffer.alloc(length);
    return readSync(descriptor, line, 0, length, at) === length ? parseEntry(line) : null;
  } finally {
    closeSync(descriptor);
  }
}

function* lines(path: string, from: number) {
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(chunkBytes);
    let parts: Buffer[] = [];
    let held = 0;
    let start = from;
    for (let read = readSync(descriptor, chunk, 0, chunkBytes, from); read > 0;) {
      let begin = 0;
      for (let end = chunk.indexOf(10); end !== -1 && end < read; end = chunk.indexOf(10, begin)) {
        const piece = chunk.subarray(begin, end);
        const length = held + piece.length;
        const bytes = length > mostLineBytes ? null : held > 0 ? Buffer.concat([...parts, piece]) : piece;
        if (length > 0) yield { at: start, bytes, length };
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

function parseEntry(bytes: Buffer): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isEntry(value) ? value : null;
  } catch {
    // Cut off by a kill, or damaged: counted by whoever reads the journal.
    return null;
  }
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
