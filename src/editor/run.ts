import * as vscode from 'vscode';
import { formatDuration } from '../config/quantities.ts';
import type { Notice } from '../protocol/messages.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import { attributeText, headline, notable } from '../reports/wording.ts';
import type { MarkResult } from './marking.ts';
import { attach, type Waiting } from './debugging.ts';
import { countText, FileCounts, hiddenText } from './file-counts.ts';
import { contextOf, MessageRoom } from './message.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { OutputBudget, terminalText } from './output.ts';
import { type Clock, Pace, type PaceSink } from './pace.ts';
import type { RunRecords } from './run-records.ts';
import type { TestTree } from './tree.ts';

export type RunNotice = Exclude<Extract<Notice, { run: string }>, { notice: 'debugger' }>;

/** One run of the Test Explorer, told what the warden says about it. */
export class RunView implements PaceSink {
  readonly records: RunRecords;
  readonly #run: vscode.TestRun;
  readonly #tree: TestTree;
  readonly #pace: Pace;
  readonly #output = new OutputBudget();
  readonly #mark: MarkResult;
  readonly #counts: FileCounts<vscode.TestItem>;
  readonly #messages = new MessageRoom();

  constructor(run: vscode.TestRun, tree: TestTree, records: RunRecords, clock: Clock, mark: MarkResult) {
    this.#run = run;
    this.#tree = tree;
    this.#mark = mark;
    this.records = records;
    this.#counts = new FileCounts(tree.size);
    this.#pace = new Pace(clock, this);
  }

  notice(notice: RunNotice): void {
    switch (notice.notice) {
      case 'planned':
        this.records.plan(notice.tests);
        this.#plan(notice.tests);
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
        this.#pace.output(notice.key, `${vscode.l10n.t('still running after {0}', formatDuration(notice.ms))}\n`);
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
        const item = this.#itemOf(test, this.#counts.affordsFault());
        if (item)
          this.#run.errored(item, lost(reason ?? vscode.l10n.t('The warden ended the run without a verdict for it.')));
        this.#ended(test, 'errored', item !== undefined);
      }
      if (reason !== null && this.records.planned === 0)
        for (const item of asked) this.#run.errored(item, lost(reason));
      if (reason !== null) this.#run.appendOutput(terminalText(`${reason}\n`));
      for (const file of this.#counts.untold()) this.#tellFile(file);
      const { unlisted } = this.#counts;
      if (unlisted > 0) {
        const more = plural(unlisted, 'more test');
        const text = `${vscode.l10n.t('{0} ran than the Test Explorer lists; the run report has them all.', more)}\n`;
        this.#run.appendOutput(terminalText(text));
      }
    } finally {
      this.#run.end();
    }
  }

  enqueued(test: TestInfo): void {
    const file = this.#tree.fileOf(test);
    const item = this.#itemOf(test, !file || isFile(test) || this.#counts.lists(file));
    if (item) this.#run.enqueued(item);
    else if (file && this.#counts.leaveOut(file)) this.#run.enqueued(file);
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
    const item = known ?? this.#itemOf(record.test, !passed && this.#counts.affordsFault());
    if (item) this.#show(record, item, outcome, durationMs);
    this.#ended(record.test, outcome, item !== undefined);
  }

  #show(record: TestRecord, item: vscode.TestItem, outcome: Outcome, durationMs: number | undefined): void {
    this.#lastWords(record, item);
    this.#mark(item, record, durationMs !== undefined);
    switch (outcome) {
      case 'passed':
        return this.#run.passed(item, durationMs);
      case 'failed':
        return this.#run.failed(item, this.#messages.of(record), durationMs);
      case 'errored':
        return this.#run.errored(item, this.#messages.of(record), durationMs);
      case 'skipped':
        return this.#run.skipped(item);
    }
  }

  /** What has no place in a verdict of VS Code's: why a test was skipped, what a passed test left behind. */
  #lastWords(record: TestRecord, item: vscode.TestItem): void {
    const { output, test } = record;
    const captured = this.#output.seen(test.key) ? '' : this.#output.take(test.key, output.text);
    const remarks = notable(record).map(attributeText);
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
    return this.#tree.ensure(test);
  }

  #plan(tests: readonly TestInfo[]): void {
    const files = new Map<vscode.TestItem, { tests: number; fresh: number }>();
    for (const test of tests) {
      const file = this.#tree.fileOf(test);
      if (!file) continue;
      const counted = files.get(file) ?? { tests: 0, fresh: 0 };
      counted.tests++;
      if (!isFile(test) && !this.#tree.item(test.key)) counted.fresh++;
      files.set(file, counted);
    }
    for (const [file, { tests, fresh }] of files) this.#counts.plan(file, tests, fresh);
  }

  #ended(test: TestInfo, outcome: Outcome, isShown: boolean): void {
    const file = this.#tree.fileOf(test);
    if (file && this.#counts.end(file, outcome, isShown)) this.#tellFile(file);
  }

  /** Of a file that does not list all of its tests. */
  #tellFile(file: vscode.TestItem): void {
    const count = this.#counts.count(file);
    const text = countText(count);
    if (file.description !== text) file.description = text;
    if (count.hidden > 0) this.#run.failed(file, new vscode.TestMessage(hiddenText(count)));
    // One that is a test itself has its own verdict.
    else if (this.#tree.keyOf(file) !== undefined) return;
    else if (count.outcomes.passed) this.#run.passed(file);
    else this.#run.skipped(file);
  }
}

function isFile({ titlePath }: TestInfo): boolean {
  return titlePath.length === 0;
}

function lost(reason: string): vscode.TestMessage {
  const message = new vscode.TestMessage(`Lost: no verdict\n${reason}`);
  message.contextValue = contextOf('lost');
  return message;
}
