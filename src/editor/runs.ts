import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Comparison, PastVerdict } from '../protocol/history.ts';
import type { Notice, Reaping, RunSummary, Selection } from '../protocol/messages.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { SettingsLayer } from '../protocol/settings.ts';
import type { TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { PanelRecord } from '../panel/messages.ts';
import type { Connection } from './connection.ts';
import type { Coverage } from './coverage.ts';
import { debugMeans, type Waiting } from './debugging.ts';
import { eachRecord } from './kept-records.ts';
import type { Marking } from './marking.ts';
import { clock } from './pace.ts';
import type { Problems } from './problems.ts';
import { type RunNotice, RunView } from './run.ts';
import { RunRecords } from './run-records.ts';
import { selectionOf } from './selection.ts';
import type { TestTree } from './tree.ts';

export type RunEvent =
  | { readonly kind: 'begun'; readonly records: RunRecords }
  | { readonly kind: 'record'; readonly records: RunRecords; readonly row: PanelRecord }
  | { readonly kind: 'changed'; readonly records: RunRecords }
  | { readonly kind: 'ended'; readonly records: RunRecords };

/** What a run is to have that its request cannot say. */
export interface RunWishes {
  /** Instead of what the request's items stand for. */
  readonly selection?: Selection;
  /** Above all other settings, for this run alone. */
  readonly overrides?: SettingsLayer;
  /** What sets it apart from an ordinary run of the same tests. */
  readonly name?: string;
  /** What its tests run is measured and shown. */
  readonly coverage?: true;
  /** Hears of each record as it comes. */
  readonly onRecord?: (record: TestRecord) => void;
  /** VS Code's debugger is attached to each of its cages. */
  readonly debug?: true;
}

type Beginning =
  | {
      readonly kind: 'fresh';
      readonly selection: Selection;
      readonly overrides: SettingsLayer;
      readonly coverage?: true;
      readonly debug?: true;
    }
  | { readonly kind: 'resumed' };

/** All runs of this window; `last` is the one that the status bar and the report speak of. */
export class Runs {
  readonly #controller: vscode.TestController;
  readonly #connection: Connection;
  readonly #tree: TestTree;
  readonly #problems: Problems;
  readonly #marking: Marking;
  readonly #coverage: Coverage;
  readonly #log: vscode.LogOutputChannel;
  readonly #open = new Map<string, RunView>();
  readonly #heard = new Map<string, (record: TestRecord) => void>();
  readonly #events = new vscode.EventEmitter<RunEvent>();
  readonly onEvent = this.#events.event;
  last: RunRecords | undefined;
  /** Runs once more what was run last. */
  again: (() => Promise<RunRecords>) | undefined;

  constructor(
    controller: vscode.TestController,
    connection: Connection,
    tree: TestTree,
    problems: Problems,
    marking: Marking,
    coverage: Coverage,
    log: vscode.LogOutputChannel,
  ) {
    this.#controller = controller;
    this.#connection = connection;
    this.#tree = tree;
    this.#problems = problems;
    this.#marking = marking;
    this.#coverage = coverage;
    this.#log = log;
  }

  get running(): number {
    return this.#open.size;
  }

  /** Resolves when the run has ended, whatever came of it; `token` cancels this run, as its own does. */
  async start(
    request: vscode.TestRunRequest,
    wishes: RunWishes = {},
    token?: vscode.CancellationToken,
  ): Promise<RunRecords> {
    const { include, exclude, profile } = request;
    const { onRecord, ...lasting } = wishes;
    this.again = () => this.start(new vscode.TestRunRequest(include, exclude, profile), lasting);
    const whole = include || !wishes.selection ? [titleOf(request)] : [];
    const title = [...whole, ...(wishes.name === undefined ? [] : [wishes.name])].join(', ');
    const records = new RunRecords(randomUUID(), title, Date.now());
    if (onRecord) this.#heard.set(records.run, onRecord);
    const followed = this.#follow(request, records, token ? [token] : [], wishes.name, {
      kind: 'fresh',
      selection: wishes.selection ?? selectionOf(include, exclude ?? [], this.#tree.outline),
      overrides: wishes.overrides ?? {},
      ...(wishes.coverage ? { coverage: true } : {}),
      ...(wishes.debug ? { debug: true } : {}),
    });
    return followed.finally(() => this.#heard.delete(records.run));
  }

  /** Goes on with a run of the past. What it had come to is told again: it is one run, in the Test Explorer too. */
  async resume(run: string, title: string, startedAt: number): Promise<RunRecords> {
    const request = new vscode.TestRunRequest();
    const records = new RunRecords(run, title, startedAt);
    this.again = () => this.start(request, { selection: records.wholeSelection(), name: title });
    return this.#follow(request, records, [], title, { kind: 'resumed' });
  }

  /** Ends every run and every process of it; resolves when the warden has verified that they are gone. */
  async stop(hard: boolean): Promise<{ stoppedRuns: number; survivors: readonly ProcessInfo[] }> {
    return (await this.#connection.client?.request('stop', { hard })) ?? { stoppedRuns: 0, survivors: [] };
  }

  testHistory(key: TestKey): Promise<readonly PastVerdict[]> {
    return this.#connection.request('testHistory', { key, limit: 30 });
  }

  /** Makes the details of a test known to its run again, where only its row is kept; they stay unknown if nobody has them. */
  async recall(records: RunRecords, key: TestKey): Promise<void> {
    if (records.details(key) || !records.place(key)) return;
    try {
      const found = await this.#connection.client?.request('records', { run: records.run, key });
      found?.records.forEach(record => records.recall(record));
    } catch (error) {
      this.#log.debug(`Details could not be looked up: ${(error as Error).message}`);
    }
  }

  comparison(run: string): Promise<Comparison> {
    return this.#connection.request('comparison', { run });
  }

  reap(): Promise<Reaping> {
    return this.#connection.request('reap', {});
  }

  notice(notice: Notice): void {
    switch (notice.notice) {
      case 'planned':
      case 'started':
      case 'slow':
      case 'output':
      case 'record':
        return this.#ofRun(notice);
      case 'debugger':
        return void this.#attach(notice);
      case 'problem':
        return this.#problems.add(notice.problem);
      case 'live':
      case 'log':
      case 'cage':
    }
  }

  /** One run from its first word to its last, in the Test Explorer and everywhere else. */
  async #follow(
    request: vscode.TestRunRequest,
    records: RunRecords,
    tokens: readonly vscode.CancellationToken[],
    name: string | undefined,
    beginning: Beginning,
  ): Promise<RunRecords> {
    const run = this.#controller.createTestRun(request, name);
    const view = new RunView(run, this.#tree, records, clock, this.#marking.ofRun());
    this.#open.set(records.run, view);
    this.last = records;
    this.#events.fire({ kind: 'begun', records });
    let reason: string | null = null;
    try {
      await this.#run([run.token, ...tokens], records, beginning);
      if (beginning.kind === 'fresh' && beginning.coverage && records.summary)
        await this.#showCoverage(run, records.run);
    } catch (error) {
      reason = (error as Error).message;
      records.lostBecause = reason;
      this.#log.error(`The run ended early: ${reason}`);
    } finally {
      await view.end(reason, request.include ?? this.#tree.outline.roots());
      this.#open.delete(records.run);
      this.#events.fire({ kind: 'ended', records });
    }
    return records;
  }

  async #run(tokens: readonly vscode.CancellationToken[], records: RunRecords, beginning: Beginning): Promise<void> {
    const isCancelled = () => tokens.some(token => token.isCancellationRequested);
    if (isCancelled()) return;
    // Run All may be the first thing that is asked of Bulkhead, and what a run finds is shown under its file.
    await this.#tree.ready();
    if (isCancelled()) return;
    const client = await this.#connection.open();
    records.cage = client.info.cage;
    this.#events.fire({ kind: 'changed', records });
    if (beginning.kind === 'resumed') await this.#tellAgain(records.run);
    if (isCancelled()) return;
    const cancelled = tokens.map(token => token.onCancellationRequested(() => void this.#stopOne(records)));
    try {
      const { run } = records;
      const summary =
        beginning.kind === 'resumed'
          ? client.request('resume', { run, overrides: {} })
          : client.request('run', { run, ...orderOf(beginning) });
      if (isCancelled()) void this.#stopOne(records);
      this.#summarise(records, await summary);
    } finally {
      for (const each of cancelled) each.dispose();
    }
  }

  /** Its verdicts stand, whatever comes of this. */
  async #showCoverage(run: vscode.TestRun, id: string): Promise<void> {
    try {
      await this.#coverage.show(run, id);
    } catch (error) {
      this.#problems.add({ severity: 'error', message: (error as Error).message });
    }
  }

  async #attach(waiting: Waiting): Promise<void> {
    const view = this.#open.get(waiting.run);
    if (!view) return;
    try {
      // What waits at a breakpoint would wait for nobody then, or go on without any limit on its time.
      await view.attach(waiting, () => void this.#stopOne(view.records));
    } catch (error) {
      this.#problems.add({ severity: 'error', message: (error as Error).message });
      // It would wait for ever.
      await this.#stopOne(view.records);
    }
  }

  async #tellAgain(run: string): Promise<void> {
    await eachRecord(this.#connection, run, record => {
      // These run again, and get their one verdict then.
      if (record.verdict.kind === 'cancelled' || record.verdict.kind === 'not-run') return;
      this.#ofRun({ notice: 'planned', run, tests: [record.test] });
      this.#ofRun({ notice: 'record', run, record });
    });
  }

  async #stopOne({ run }: RunRecords): Promise<void> {
    try {
      const { survivors } = await this.#connection.request('stop', { run, hard: false });
      for (const { pid, command } of survivors) this.#log.error(`Still alive after Stop: ${command} (process ${pid})`);
    } catch (error) {
      // The run itself is rejected with the same reason, and ends.
      this.#log.error(`Stop could not be carried out: ${(error as Error).message}`);
    }
  }

  #summarise(records: RunRecords, summary: RunSummary): void {
    records.summary = summary;
    for (const problem of summary.problems) this.#problems.add(problem);
    const counts = Object.entries(summary.counts).map(([kind, count]) => `${count} ${kind}`);
    const how = summary.cancelled ? 'was stopped' : 'ended';
    this.#log.info(
      `The run ${how} after ${summary.durationMs} ms: ${counts.join(', ') || 'no tests'}. Journal: ${summary.journal ?? 'none'}`,
    );
  }

  #ofRun(notice: RunNotice): void {
    const view = this.#open.get(notice.run);
    if (!view) return;
    view.notice(notice);
    const { records } = view;
    if (notice.notice === 'record') {
      this.#heard.get(notice.run)?.(notice.record);
      this.#events.fire({ kind: 'record', records, row: this.#add(records, notice.record) });
    } else if (notice.notice === 'planned') this.#events.fire({ kind: 'changed', records });
  }

  #add(records: RunRecords, record: TestRecord): PanelRecord {
    return records.add(record, this.#tree.folderOf(record.project));
  }
}

function orderOf({ selection, overrides, coverage, debug }: Extract<Beginning, { kind: 'fresh' }>) {
  return { selection, overrides, ...(coverage ? { coverage } : {}), ...(debug ? { debug: debugMeans() } : {}) };
}

function titleOf({ include }: vscode.TestRunRequest): string {
  const [first, ...more] = include ?? [];
  if (!first) return vscode.l10n.t('All tests');
  return more.length > 0 ? vscode.l10n.t('{0} and {1} more', first.label, more.length) : first.label;
}
