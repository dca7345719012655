import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Notice } from '../protocol/messages.ts';
import type { TestKey } from '../protocol/tests.ts';
import { fromPanel, type FromPanel, type PanelRecord, type ToPanel } from '../panel/messages.ts';
import { reportPage } from '../panel/page.ts';
import { type Course, panelCourse, spanAt } from '../panel/spans.ts';
import type { ReportActions } from './report-actions.ts';
import type { RunRecords } from './run-records.ts';
import type { RunEvent, Runs } from './runs.ts';

/** The type of the panel. */
export const reportType = 'bulkhead.report';
/** The panel is drawn anew for each batch, so it gets few and never while nobody sees it. */
const updateMs = 500;
const perBatch = 1_000;

/** The editor's side of the run report: it sends rows, and acts on the panel's messages by key only. */
export class Report implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #folder: vscode.Uri;
  readonly #runs: Runs;
  readonly #actions: ReportActions;
  #panel: vscode.WebviewPanel | undefined;
  #ready = false;
  /** The test to open as soon as the panel can. */
  #asked: TestKey | undefined;
  #rows: PanelRecord[] = [];
  /** The replay that goes on, if one does. */
  #replaying: symbol | undefined;
  #headChanged = false;
  #live: ToPanel | undefined;
  /** As the panel has it. */
  #course: Course | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(extension: vscode.Uri, runs: Runs, actions: ReportActions) {
    this.#folder = vscode.Uri.joinPath(extension, 'dist', 'panel');
    this.#runs = runs;
    this.#actions = actions;
  }

  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(reportType, this);
  }

  /** With a key: at that test. */
  show(key?: TestKey): void {
    this.#asked = key;
    if (this.#panel) {
      this.#panel.reveal();
      if (this.#ready) this.#showAsked();
    } else {
      const options = { enableScripts: true, localResourceRoots: [this.#folder] };
      this.#adopt(
        vscode.window.createWebviewPanel(
          reportType,
          vscode.l10n.t('Bulkhead: Run Report'),
          vscode.ViewColumn.Active,
          options,
        ),
      );
    }
  }

  /** After a reload of the window: the panel comes back, the records of before are gone with their extension host. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel?.dispose();
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#folder] };
    this.#adopt(panel);
  }

  /** Another run is the one to be shown. */
  replay(): void {
    if (this.#ready) void this.#replay();
  }

  run(event: RunEvent): void {
    const { kind, records } = event;
    if (!this.#ready || records !== this.#runs.last) return;
    switch (kind) {
      case 'begun':
        this.#replaying = undefined;
        this.#rows = [];
        this.#live = undefined;
        this.#post({ type: 'run', run: records.head(Date.now()) });
        return;
      case 'record':
        this.#rows.push(event.row);
        this.#soon();
        return;
      case 'changed':
        this.#headChanged = true;
        this.#soon();
        return;
      case 'ended':
        if (this.#replaying) return;
        this.#flush();
        this.#end(records);
    }
  }

  live({ memoryBytes, processes, cages, running }: Extract<Notice, { notice: 'live' }>): void {
    if (!this.#ready || this.#runs.running === 0) return;
    this.#live = { type: 'live', live: { memoryBytes, processes, cages, running } };
    this.#soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    this.#ready = false;
    const { webview } = panel;
    const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(this.#folder, name)).toString();
    panel.iconPath = vscode.Uri.joinPath(this.#folder, '..', '..', 'media', 'icon.png');
    webview.html = reportPage({
      script: uri('report.js'),
      style: uri('report.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      language: vscode.env.language,
    });
    webview.onDidReceiveMessage((message: unknown) => {
      const known = fromPanel(message);
      if (known) void this.#receive(known);
    });
    // A hidden webview is unloaded; it says "ready" again when it comes back.
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#ready = false;
    });
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.#ready = false;
    });
  }

  async #receive(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        return this.#replay();
      case 'details': {
        const { last } = this.#runs;
        if (last) await this.#runs.recall(last, message.key);
        const told = last?.toldDetails(message.key) ?? { details: null, resources: [] };
        this.#post({ type: 'details', key: message.key, ...told });
        return told.details ? this.#tellHistory(message.key) : undefined;
      }
      case 'course':
        this.#course = this.#runs.last?.course();
        if (this.#course) this.#post({ type: 'course', course: panelCourse(this.#course) });
        return;
      case 'at': {
        const span = this.#course && spanAt(this.#course, message.lane, message.ms);
        if (span) this.#post({ type: 'show', key: span.record.key });
        return;
      }
      case 'reveal':
        return this.#actions.reveal(message.key);
      case 'openMessage':
        return this.#actions.openMessage(message.key, message.message);
      case 'openOutput':
        return this.#actions.openOutput(message.key);
      case 'rerun':
        return this.#actions.rerun(message.keys);
      case 'runAll':
        return this.#actions.runAll();
      case 'stop':
        return this.#actions.stop();
      case 'export':
        return this.#actions.export();
      case 'copy':
        return this.#actions.copy(message.key);
    }
  }

  /** When a run is over. One that was lost has no warden any more, and none is started for this. */
  async #compare(records: RunRecords): Promise<void> {
    try {
      const comparison = await this.#runs.comparison(records.run);
      const rows = records.compare(comparison);
      if (records !== this.#runs.last || !this.#ready) return;
      const { total, tests } = comparison.gone;
      const named = tests.map(({ title, file }) => ({ title, file: vscode.workspace.asRelativePath(file) }));
      this.#post({ type: 'gone', gone: { total, tests: named } });
      this.#rows.push(...rows);
      this.#soon();
    } catch {
      // As for the history of a test: the report is whole without it.
    }
  }

  async #tellHistory(key: TestKey): Promise<void> {
    try {
      this.#post({ type: 'history', key, past: await this.#runs.testHistory(key) });
    } catch {
      // The warden has gone, or this Node has no SQLite, as the log says: the details are whole without it.
    }
  }

  async #replay(): Promise<void> {
    const records = this.#runs.last;
    const replay = (this.#replaying = Symbol('replay'));
    this.#rows = [];
    if (!records) return this.#post({ type: 'empty' });
    this.#post({ type: 'run', run: records.head(Date.now()) });
    for (const portion of records.portions(perBatch)) {
      // The next ones are made when these have arrived: all of them at once would be a hundred megabytes on their way.
      await this.#panel?.webview.postMessage({ type: 'records', records: portion } satisfies ToPanel);
      if (this.#replaying !== replay || !this.#ready) return;
    }
    this.#replaying = undefined;
    this.#flush();
    if (records.summary || records.lostBecause !== undefined) this.#end(records);
    this.#showAsked();
  }

  #showAsked(): void {
    if (this.#asked === undefined) return;
    this.#flush();
    this.#post({ type: 'show', key: this.#asked });
    this.#asked = undefined;
  }

  #end(records: RunRecords): void {
    const { summary, lostBecause } = records;
    if (summary) {
      this.#post({ type: 'ended', summary });
      void this.#compare(records);
    } else this.#post({ type: 'lost', because: lostBecause ?? vscode.l10n.t('The run was stopped before it began.') });
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#flush(), updateMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const records = this.#runs.last;
    if (!this.#ready || !records) return;
    if (this.#headChanged) this.#post({ type: 'run', run: records.head(Date.now()) });
    this.#headChanged = false;
    const rows = this.#rows;
    this.#rows = [];
    for (let from = 0; from < rows.length; from += perBatch) {
      this.#post({ type: 'records', records: rows.slice(from, from + perBatch) });
    }
    if (this.#live) this.#post(this.#live);
    this.#live = undefined;
  }

  #post(message: ToPanel): void {
    void this.#panel?.webview.postMessage(message);
  }
}
