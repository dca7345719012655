import * as vscode from 'vscode';
import type { FailureMessage, TestRecord } from '../protocol/verdict.ts';
import { oneLine, withoutControls } from '../reports/excerpt.ts';
import { advice, attributeText, headline, notable } from '../reports/wording.ts';
import { framesOf } from './frames.ts';

/** More of one text than this is unreadable where VS Code shows it, and is kept by VS Code for every run. */
const mostText = 16 * 1024;
const mostMessages = 20;

/** VS Code keeps the messages of all failures in two processes: when a run has said so much, the rest of it is short. */
const mostOfRun = 8 * 1024 ** 2;
const shortText = 300;

/** How long the messages of one run may still be. */
export class MessageRoom {
  #left = mostOfRun;

  of(record: TestRecord): vscode.TestMessage[] {
    const made = this.#left > 0 ? messagesOf(record) : shortly(record);
    for (const { message, expectedOutput = '', actualOutput = '' } of made)
      this.#left -=
        (typeof message === 'string' ? message : message.value).length + expectedOutput.length + actualOutput.length;
    return made;
  }
}

/** The first line of the first message is category and numbers: it is what an agent and the peek's title get to see. */
export function messagesOf(record: TestRecord): vscode.TestMessage[] {
  const [first, ...more] = record.messages.slice(0, mostMessages);
  const hint = advice(record);
  const facts = notable(record).map(attributeText);
  const dropped = record.messages.length - mostMessages;
  const text = [
    headline(record),
    ...(hint === null ? [] : [hint]),
    ...facts,
    ...(first ? ['', bounded(first.text)] : []),
    ...(dropped > 0 ? ['', `${dropped} more messages are not shown here.`] : []),
  ].join('\n');
  return [message(text, record, first), ...more.map(failure => message(bounded(failure.text), record, failure))];
}

function shortly(record: TestRecord): vscode.TestMessage[] {
  const [first] = record.messages;
  const text = oneLine(first?.text ?? '', shortText);
  const where = vscode.l10n.t('The run report has all of it; this run has more to say than can be shown here.');
  return [message([headline(record), ...(text ? ['', text] : []), '', where].join('\n'), record, undefined)];
}

/** Where VS Code shows the text of a message, this is all that the `when` of a button can ask for: it has no id of a controller. */
export function contextOf(kind: TestRecord['verdict']['kind']): string {
  return `bulkhead.${kind}`;
}

/** VS Code lays the button of a message over the end of its text: lines for it to cover in place of advice. */
const underButton = '\n\n\n';

function message(text: string, record: TestRecord, failure: FailureMessage | undefined): vscode.TestMessage {
  const made = new vscode.TestMessage(record.verdict.kind === 'failed' ? text : `${text}${underButton}`);
  made.contextValue = contextOf(record.verdict.kind);
  if (failure?.expected !== undefined && failure.actual !== undefined) {
    made.expectedOutput = bounded(failure.expected);
    made.actualOutput = bounded(failure.actual);
  }
  const location = locationOf(failure, record);
  if (location) made.location = location;
  const frames = failure?.stack === undefined ? [] : framesOf(failure.stack);
  if (frames.length > 0) {
    made.stackTrace = frames.map(
      ({ label, file, line, column }) =>
        new vscode.TestMessageStackFrame(
          label,
          file === undefined ? undefined : vscode.Uri.file(file),
          line === undefined ? undefined : position(line, column),
        ),
    );
  }
  return made;
}

function locationOf(failure: FailureMessage | undefined, { test }: TestRecord): vscode.Location | undefined {
  if (failure?.file !== undefined && failure.line !== undefined) {
    return new vscode.Location(vscode.Uri.file(failure.file), position(failure.line, failure.column));
  }
  if (test.line === undefined) return undefined;
  return new vscode.Location(vscode.Uri.file(test.file), position(test.line, test.column));
}

function position(line: number, column = 1): vscode.Position {
  return new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
}

function bounded(text: string): string {
  const clean = withoutControls(text);
  return clean.length > mostText ? `${clean.slice(0, mostText)}\n[${clean.length - mostText} more characters]` : clean;
}
