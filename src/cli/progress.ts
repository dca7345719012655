import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { Notice, Problem } from '../protocol/messages.ts';
import type { TestInfo, TestKey } from '../protocol/tests.ts';
import { isFailure, type TestRecord } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import { titleText } from '../reports/wording.ts';
import { failureText, placeText } from './failure-text.ts';
import { problemText } from './problem-text.ts';
import type { FailedTest } from './summary-text.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressOptions {
  readonly folder: string;
  readonly quiet: boolean;
  /** Whatever did not pass is told, with the evidence. */
  readonly verbose: boolean;
  /** Between two lines of a log that is otherwise silent. */
  readonly heartbeatMs: number;
  /** Problems that need not be told again. */
  readonly told: readonly Problem[];
}

/** Turns what the warden says during a run into lines. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #options: ProgressOptions;
  readonly #heartbeat: NodeJS.Timeout | null;
  readonly #told = new Set<string>();
  #planned = 0;
  #done = 0;
  readonly failed: FailedTest[] = [];
  readonly #unfinished = new Map<TestKey, TestInfo>();
  readonly #slow = new Set<TestKey>();
  #live: Extract<Notice, { notice: 'live' }> | null = null;

  constructor(terminal: Terminal, options: ProgressOptions) {
    this.#terminal = terminal;
    this.#options = options;
    for (const problem of options.told) this.#told.add(problemText(problem, terminal));
    const beats = !terminal.live && !options.quiet;
    this.#heartbeat = beats ? setInterval(() => terminal.print(this.#line()), options.heartbeatMs) : null;
  }

  get done(): number {
    return this.#done;
  }

  get planned(): number {
    return this.#planned;
  }

  hear(notice: Notice): void {
    switch (notice.notice) {
      case 'planned':
        this.#planned += notice.tests.length;
        for (const test of notice.tests) this.#unfinished.set(test.key, test);
        return this.#show();
      case 'record':
        return this.#record(notice.record);
      case 'live':
        this.#live = notice;
        return this.#show();
      case 'problem':
        return this.problem(notice.problem);
      case 'log':
        if (notice.level === 'error' || notice.level === 'warn') this.#terminal.print(notice.text);
        return;
      case 'slow':
        return this.#tellSlow(notice.key, notice.ms);
      case 'started':
      case 'output':
      case 'cage':
      case 'debugger':
        return;
    }
  }

  /** Each problem is told once, however many ways it comes. */
  problem(problem: Problem): void {
    const text = problemText(problem, this.#terminal);
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#terminal.print(text);
  }

  end(): void {
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    this.#terminal.end();
  }

  #record(record: TestRecord): void {
    this.#done++;
    this.#unfinished.delete(record.test.key);
    this.#slow.delete(record.test.key);
    const failed = isFailure(record.verdict.kind);
    if (failed) this.failed.push(failedTest(record, this.#options.folder));
    const { folder, verbose } = this.#options;
    const worth = verbose ? record.verdict.kind !== 'passed' : isTold(record);
    if (failed || worth || leaked(record) || wasUnsure(record))
      this.#terminal.print(failureText(record, folder, this.#terminal, { evidence: verbose }));
    this.#show();
  }

  /** While it runs: its record may be long in coming. */
  #tellSlow(key: TestKey, ms: number): void {
    const test = this.#unfinished.get(key);
    if (!test) return;
    this.#slow.add(key);
    const place = this.#terminal.style('dim', placeText(test, this.#options.folder));
    const mark = this.#terminal.style('yellow', '…');
    if (!this.#options.quiet)
      this.#terminal.print(`${mark} ${titleText(test)}  ${place}\n    still running after ${formatDuration(ms)}`);
    this.#show();
  }

  #show(): void {
    if (!this.#options.quiet) this.#terminal.status(this.#line());
  }

  #line(): string {
    const { memoryBytes, cages, processes } = this.#live ?? { memoryBytes: 0, cages: 0, processes: 0 };
    return [
      this.#planned === 0 ? 'looking for tests' : `${count(this.#done)}/${count(this.#planned)}`,
      ...(this.failed.length > 0 ? [`${count(this.failed.length)} failed`] : []),
      ...(this.#slow.size > 0 ? [`${count(this.#slow.size)} slow`] : []),
      ...(cages > 0 ? [`${formatBytes(memoryBytes)} in ${plural(cages, 'cage')}`] : []),
      ...(processes > 0 ? [plural(processes, 'process', 'processes')] : []),
    ].join(' · ');
  }
}

function failedTest(record: TestRecord, folder: string): FailedTest {
  return { kind: record.verdict.kind, title: titleText(record.test), place: placeText(record.test, folder) };
}

/** What is marked as failing does not fail the run, and is not hidden; nor are an error that nobody handled and what somebody did to the events. */
function isTold({ verdict: { kind }, attributes }: TestRecord): boolean {
  const odd = attributes.some(each => each.kind === 'protocol' || each.kind === 'unhandled-rejection');
  return kind === 'known-failure' || kind === 'unexpected-pass' || odd;
}

/** It passed, and not each time. */
function wasUnsure({ attributes }: TestRecord): boolean {
  return attributes.some(
    attribute =>
      attribute.kind === 'retried' ||
      attribute.kind === 'run-after-shortage' ||
      (attribute.kind === 'run-alone' && isFailure(attribute.before.kind)),
  );
}

function leaked(record: TestRecord): boolean {
  return record.attributes.some(({ kind }) => kind === 'leaked-processes' || kind === 'survivors');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
