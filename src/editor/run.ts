import * as vscode from 'vscode';
import { formatDuration } from '../config/quantities.ts';
import type { Notice } from '../protocol/messages.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { attributeText, headline } from '../reports/wording.ts';
import type { MarkResult } from './marking.ts';
import { attach, type Waiting } from './debugging.ts';
import { messagesOf } from './message.ts';
import { outcomeOf } from './outcome.ts';
import { OutputBudget, terminalText } from './output.ts';
import { type Clock, Pace, type PaceSink } from './pace.ts';
import type { RunRecords } from './run-records.ts';
import type { TestTree } from './tree.ts';

export type RunNotice = Exclude<Extract<Notice, { run: string }>, { notice: 'debugger' }>;

/** Tests that nobody has opened get an item each, up to this many a run; beyond it only those that did not pass do. */
const mostNewItems = 20_000;

/** One run of the Test Explorer, told what the warden says about it. */
export class RunView implements PaceSink {
  readonly records: RunRecords;
  readonly #run: vscode.TestRun;
  readonly #tree: TestTree;
  readonly #pace: Pace;
  readonly #output = new OutputBudget();
  readonly #mark: MarkResult;
  #newItems = 0;
  #unlisted = 0;

  constructor(run: vscode.TestRun, tree: TestTree, records: RunRecords, clock: Clock, mark: MarkResult) {
    this.#run = run;
    this.#tree = tree;
    this.#mark = mark;
    this.records = records;
    this.#pace = new Pace(clock, this);
  }

  notice(notice: RunNotice): void {
    switch (notice.notice) {
      case 'planned':
        this.records.plan(notice.tests);
        this.#pace.planned(notice.tests);
        return;
      case 'started':
        this.#pace.started(notice.key);
        return;
      case 'output': {
        const text = this.#output.take(notice.key, notice.text);
        if (text) this.#pace.output(notice.key, text);
        return;
      }
      case 'slow':
        this.#pace.output(notice.key, `still running after ${formatDuration(notice.ms)}\n`);
        return;
      case 'record':
        this.#pace.ended(notice.record);
    }
  }

  async attach(waiting: Waiting, onDismissed: () => void): Promise<void> {
    try {
      await attach(waiting, this.#run, onDismissed);
    } catch (error) {
      this.#run.appendOutput(terminalText(`${(error as Error).message}\n`));
      throw error;
    }
  }

  /** Ends the run whatever happened to it. What has no verdict, or was asked for and never planned, is told the reason. */
  async end(reason: string | null, asked: Iterable<vscode.TestItem>): Promise<void> {
    try {
      await this.#pace.drained();
      for (const test of this.records.unfinished()) {
        const item = this.#itemOf(test, true);
        if (item) this.#run.errored(item, lost(reason ?? 'The warden ended the run without a verdict for it.'));
      }
      if (reason !== null && this.records.planned === 0)
        for (const item of asked) this.#run.errored(item, lost(reason));
      if (reason !== null) this.#run.appendOutput(terminalText(`${reason}\n`));
      if (this.#unlisted > 0) {
        const text = `${this.#unlisted.toLocaleString('en-US')} more tests passed than the Test Explorer lists; the run report has them all.\n`;
        this.#run.appendOutput(terminalText(text));
      }
    } finally {
      this.#run.end();
    }
  }

  enqueued(test: TestInfo): void {
    const item = this.#itemOf(test, this.#newItems < mostNewItems);
    if (item) this.#run.enqueued(item);
    else this.#unlisted++;
  }

  started(key: TestKey): void {
    const item = this.#tree.item(key);
    if (item) this.#run.started(item);
  }

  output(key: TestKey, text: string): void {
    this.#run.appendOutput(terminalText(text), undefined, this.#tree.item(key));
  }

  ended(record: TestRecord, durationMs: number | undefined): void {
    const outcome = outcomeOf(record.verdict.kind);
    const passed = outcome === 'passed' || outcome === 'skipped';
    const known = this.#tree.item(record.test.key);
    const item = known ?? this.#itemOf(record.test, !passed);
    if (!item) return;
    if (!known) this.#unlisted = Math.max(0, this.#unlisted - 1);
    this.#lastWords(record, item);
    this.#mark(item, record, durationMs !== undefined);
    switch (outcome) {
      case 'passed':
        return this.#run.passed(item, durationMs);
      case 'failed':
        return this.#run.failed(item, messagesOf(record), durationMs);
      case 'errored':
        return this.#run.errored(item, messagesOf(record), durationMs);
      case 'skipped':
        return this.#run.skipped(item);
    }
  }

  /** What has no place in a verdict of VS Code's: why a test was skipped, what a passed test left behind. */
  #lastWords(record: TestRecord, item: vscode.TestItem): void {
    const { output, test } = record;
    const captured = this.#output.seen(test.key) ? '' : this.#output.take(test.key, output.text);
    const remarks = record.attributes.map(attributeText);
    const skipped = outcomeOf(record.verdict.kind) === 'skipped';
    const tell = skipped || remarks.length > 0 ? [headline(record), ...remarks] : [];
    const failed =
      record.verdict.kind === 'known-failure' ? record.messages.map(({ stack, text }) => `${stack ?? text}\n`) : [];
    const text = [captured, ...tell.map(line => `${item.label}: ${line}\n`), ...failed].filter(Boolean).join('\n');
    if (text) this.#run.appendOutput(terminalText(text), undefined, item);
  }

  #itemOf(test: TestInfo, make: boolean): vscode.TestItem | undefined {
    const known = this.#tree.item(test.key);
    if (known || !make) return known;
    this.#newItems++;
    return this.#tree.ensure(test);
  }
}

function lost(reason: string): vscode.TestMessage {
  const message = new vscode.TestMessage(`Lost: no verdict\n${reason}`);
  message.contextValue = 'lost';
  return message;
}
