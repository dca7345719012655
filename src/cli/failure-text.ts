import type { TestInfo } from '../protocol/tests.ts';
import { isFailure, type FailureMessage, type TestRecord } from '../protocol/verdict.ts';
import { firstLine, oneLine, tail, withoutControls } from '../reports/excerpt.ts';
import { pathIn } from '../reports/report.ts';
import { advice, attributeText, headline, notable, titleText } from '../reports/wording.ts';
import { evidenceLines } from './evidence-lines.ts';
import type { Terminal } from './terminal.ts';

const outputLines = 12;
const stackLines = 12;
const mostBytes = 4000;

/** A test that failed, or that passed and left something: enough to understand it without opening anything. */
export function failureText(
  record: TestRecord,
  folder: string,
  terminal: Terminal,
  { evidence = false }: { readonly evidence?: boolean } = {},
): string {
  const failed = isFailure(record.verdict.kind);
  const mark = failed ? terminal.style('red', '✗') : terminal.style('yellow', '!');
  const next = neverLoaded(record) ? null : advice(record);
  const lines = [
    headline(record),
    ...notable(record).map(attributeText),
    ...(failed ? messagesOf(record) : []),
    ...(failed ? outputTail(record) : []),
    ...(evidence ? evidenceLines(record).map(line => terminal.style('dim', line)) : []),
    ...(next ? [terminal.style('dim', next)] : []),
  ];
  const title = terminal.style('bold', titleText(record.test));
  return [
    `${mark} ${title}  ${terminal.style('dim', placeText(record.test, folder))}`,
    ...lines.map(line => `    ${line}`),
  ].join('\n');
}

export function placeText(test: Pick<TestInfo, 'file' | 'line'>, folder: string): string {
  // A file may have any name.
  const path = withoutControls(pathIn(folder, test.file)).replaceAll('\n', ' ');
  return `${path}${test.line === undefined ? '' : `:${test.line}`}`;
}

/** What could not even be listed says last in its message what to do. */
function neverLoaded({ verdict, startedAt, messages }: TestRecord): boolean {
  return verdict.kind === 'error' && verdict.phase === 'load' && startedAt === null && messages.length > 0;
}

function messagesOf(record: TestRecord): string[] {
  const { verdict, messages } = record;
  const lines = messages.flatMap(messageLines);
  if (verdict.kind !== 'error') return lines;
  const fix = neverLoaded(record) && lines.at(-1) === '…' ? messages[0]!.text.trimEnd().split('\n').slice(-1) : [];
  // The headline of an error ends with the first line of its message.
  const repeated = lines[0] === firstLine(verdict.message);
  return [...lines.slice(repeated ? 1 : 0), ...fix.map(line => shortened(withoutControls(line)))];
}

function messageLines({ text, stack, expected, actual }: FailureMessage): string[] {
  const said = bounded(text, stackLines);
  const frames = stack === undefined ? [] : framesOf(stack, text);
  // A message of several lines shows the difference already.
  const compared =
    expected === undefined || actual === undefined || said.length > 1 ? [] : comparison(expected, actual);
  return [...said, ...compared, ...frames];
}

/** A stack repeats the message before its frames. */
function framesOf(stack: string, text: string): string[] {
  const at = stack.indexOf(text);
  return bounded(at === -1 ? stack : stack.slice(at + text.length), stackLines);
}

function comparison(expected: string, actual: string): string[] {
  return [`expected ${oneLine(expected, 300)}`, `  actual ${oneLine(actual, 300)}`];
}

function outputTail({ output }: TestRecord): string[] {
  const { text, cut } = tail(withoutControls(output.text), outputLines, mostBytes);
  if (text.trim() === '') return [];
  return [cut ? `the last lines of its output:` : 'its output:', ...text.split('\n').map(line => `  ${line}`)];
}

function bounded(text: string, most: number): string[] {
  const lines = withoutControls(text.slice(0, mostBytes))
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '');
  const cut = lines.length > most || text.length > mostBytes;
  return [...lines.slice(0, most).map(shortened), ...(cut ? ['…'] : [])];
}

function shortened(line: string): string {
  return line.length > 500 ? `${line.slice(0, 499)}…` : line;
}
