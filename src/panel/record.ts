import type { Folder } from '../protocol/tests.ts';
import type { CapturedOutput, FailureMessage, TestRecord } from '../protocol/verdict.ts';
import { advice, attributeText, headline, notable, titleText } from '../reports/wording.ts';
import { leftText } from '../reports/attributes.ts';
import { oneLine } from '../reports/excerpt.ts';
import { processTree } from './process-tree.ts';
import type { PanelDetails, PanelFailure, PanelRecord } from './messages.ts';

export const mostOutput = 64 * 1024;
const mostText = 16 * 1024;
const mostMessages = 20;
const mostLeftovers = 50;

/** The row of a test, for every record as it comes. */
export function panelRecord(record: TestRecord, folder: Folder): PanelRecord {
  const { test, verdict, usage, limits, attributes } = record;
  return {
    key: test.key,
    // A test without titles is its file: one that could not be loaded.
    title: oneLine(test.titlePath.at(-1) ?? baseName(test.file)) || '(no title)',
    suite: titleText({ titlePath: test.titlePath.slice(0, -1) }),
    folder: folder.name,
    file: relative(test.file, folder),
    kind: verdict.kind,
    headline: oneLine(headline(record), 300),
    durationMs: record.durationMs,
    peakMemoryBytes: usage.peakMemoryBytes,
    memoryCapBytes: limits.memoryBytes,
    cpuMs: usage.cpuMs,
    maxProcesses: usage.maxProcesses,
    storageBytes: usage.storage ? usage.storage.readBytes + usage.storage.writtenBytes : null,
    shared: usage.shared,
    cage: record.cage,
    attempts: attributes.reduce(
      (sum, each) => sum + (each.kind === 'retried' ? each.earlier.length : 0),
      begun(record),
    ),
    leaked: attributes.reduce((sum, each) => sum + (each.kind === 'leaked-processes' ? each.total : 0), 0),
  };
}

/** Everything else about a test, for the one that is being looked at. */
export function panelDetails(record: TestRecord): PanelDetails {
  const { attributes, messages } = record;
  const leaks = attributes.filter(each => each.kind === 'leaked-processes');
  const leftovers = leaks.flatMap(leak => leak.processes).slice(0, mostLeftovers);
  return {
    key: record.test.key,
    advice: advice(record),
    messages: messages.slice(0, mostMessages).map(panelFailure),
    moreMessages: Math.max(0, messages.length - mostMessages),
    why: record.why.map(sentence => oneLine(sentence, 500)),
    attributes: notable(record).map(attributeText),
    leftovers: leftovers.map(left => ({
      pid: left.pid,
      command: oneLine(left.command, 300),
      about: oneLine(leftText(left), 300),
    })),
    moreLeftovers: leaks.reduce((sum, leak) => sum + leak.total, 0) - leftovers.length,
    processes: processTree(record.processes ?? [], new Set(leftovers.map(({ pid }) => pid))),
    storage: record.usage.storage ?? null,
    startedAt: record.startedAt,
    limits: record.limits,
    timeline: record.timeline ?? null,
    output: boundedOutput(record.output),
  };
}

/** 1, or 0 for a test that was never tried. */
function begun({ verdict: { kind }, startedAt }: TestRecord): number {
  return startedAt === null && (kind === 'skipped' || kind === 'cancelled' || kind === 'not-run') ? 0 : 1;
}

function panelFailure({ text, stack, expected, actual, file, line }: FailureMessage): PanelFailure {
  const name = file === undefined ? undefined : baseName(file);
  return {
    text: bounded(text),
    ...(stack === undefined ? {} : { stack: bounded(stack) }),
    ...(expected === undefined ? {} : { expected: bounded(expected) }),
    ...(actual === undefined ? {} : { actual: bounded(actual) }),
    ...(name === undefined ? {} : { place: line === undefined ? name : `${name}:${line}` }),
  };
}

function bounded(text: string): string {
  if (text.length <= mostText) return text;
  return `${text.slice(0, mostText)}\n… ${(text.length - mostText).toLocaleString('en-US')} more characters`;
}

/** The head says how it began and the tail how it ended; the middle goes first. */
function boundedOutput(output: CapturedOutput): CapturedOutput {
  const { text, droppedBytes } = output;
  if (text.length <= mostOutput) return output;
  const half = mostOutput / 2;
  const dropped = new TextEncoder().encode(text.slice(half, -half)).length;
  return { ...output, text: `${text.slice(0, half)}\n…\n${text.slice(-half)}`, droppedBytes: droppedBytes + dropped };
}

function relative(file: string, folder: Folder): string {
  const path = forwardSlashes(file);
  const root = `${forwardSlashes(folder.path).replace(/\/+$/, '')}/`;
  return path.startsWith(root) ? path.slice(root.length) : path;
}

function baseName(path: string): string {
  return forwardSlashes(path).split('/').at(-1) ?? path;
}

function forwardSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
