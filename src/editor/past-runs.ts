import * as vscode from 'vscode';
import { formatDuration } from '../config/quantities.ts';
import type { PastRun } from '../protocol/history.ts';
import type { RunSummary } from '../protocol/messages.ts';
import { isFailure, type TestRecord, verdictKinds } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import { jsonReport } from '../reports/json.ts';
import { junitReport } from '../reports/junit.ts';
import { markdownReport } from '../reports/markdown.ts';
import type { RunReport } from '../reports/report.ts';
import type { Connection } from './connection.ts';
import type { Report } from './report.ts';
import { eachRecord } from './kept-records.ts';
import { RunRecords } from './run-records.ts';
import type { Runs } from './runs.ts';
import type { TestTree } from './tree.ts';

const mostRuns = 200;
const kinds = { Markdown: ['md'], 'JUnit XML': ['xml'], JSON: ['json'] };

/** The runs that are kept: looked at in the panel, or written to a file. */
export class PastRuns {
  readonly #connection: Connection;
  readonly #tree: TestTree;
  readonly #runs: Runs;
  readonly #report: Report;
  readonly #version: string;

  constructor(connection: Connection, tree: TestTree, runs: Runs, report: Report, version: string) {
    this.#connection = connection;
    this.#tree = tree;
    this.#runs = runs;
    this.#report = report;
    this.#version = version;
  }

  register(): vscode.Disposable[] {
    return [
      vscode.commands.registerCommand('bulkhead.showHistory', () => told(() => this.show())),
      vscode.commands.registerCommand('bulkhead.exportReport', () => told(() => this.export())),
    ];
  }

  async show(): Promise<void> {
    const runs = await this.#connection.request('history', { limit: mostRuns });
    if (runs.length === 0) {
      const runAll = vscode.l10n.t('Run All Tests');
      const nothing = vscode.l10n.t('Bulkhead: no run has been kept yet.');
      if ((await vscode.window.showInformationMessage(nothing, runAll)) === runAll)
        await vscode.commands.executeCommand('bulkhead.runAll');
      return;
    }
    const items = runs.map(run => ({
      run,
      label: whenText(run),
      description: countsText(run),
      detail: stateText(run),
    }));
    const title = vscode.l10n.t('Bulkhead: Run History');
    const chosen = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: vscode.l10n.t('A run to open in the report'),
    });
    if (chosen) await this.open(chosen.run);
  }

  async open(past: PastRun): Promise<void> {
    await this.#tree.ready();
    const records = new RunRecords(past.run, vscode.l10n.t('Run of {0}', whenText(past)), past.startedAt);
    records.expect(past.planned);
    await eachRecord(this.#connection, past.run, record => records.add(record, this.#tree.folderOf(record.project)));
    if (past.state !== 'running') records.summary = summaryOf(past);
    this.#runs.last = records;
    this.#report.show();
    this.#report.replay();
  }

  async export(): Promise<void> {
    const { last } = this.#runs;
    if (!last?.summary) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Bulkhead: there is no finished run to export; run tests first.'),
      );
      return;
    }
    const [first] = vscode.workspace.workspaceFolders ?? [];
    const target = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Bulkhead: Export Report'),
      filters: kinds,
      ...(first ? { defaultUri: vscode.Uri.joinPath(first.uri, 'bulkhead-report.md') } : {}),
    });
    if (!target) return;
    const records: TestRecord[] = [];
    await eachRecord(this.#connection, last.run, record => records.push(record));
    const { cage } = (await this.#connection.open()).info;
    const report = { version: this.#version, folder: first?.uri.fsPath ?? '', cage, summary: last.summary, records };
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(written(report, target.path)));
    const open = vscode.l10n.t('Open');
    const text = vscode.l10n.t(
      'Bulkhead: wrote {0} to {1}.',
      plural(records.length, 'test'),
      vscode.workspace.asRelativePath(target),
    );
    if ((await vscode.window.showInformationMessage(text, open)) === open) await vscode.window.showTextDocument(target);
  }
}

function written(report: RunReport, path: string): string {
  if (path.endsWith('.xml')) return [...junitReport(report)].join('');
  return [...(path.endsWith('.json') ? jsonReport(report) : markdownReport(report))].join('');
}

function summaryOf({ state, memoryBudgetBytes: budget, ...past }: PastRun): RunSummary {
  const { run, planned, counts, leaked, flaky, startedAt, durationMs, journal } = past;
  const known = { run, planned, counts, leaked, flaky, startedAt, durationMs, journal };
  return {
    ...known,
    ...(budget === null ? {} : { memoryBudgetBytes: budget }),
    cancelled: state !== 'ended',
    problems: [],
  };
}

export function whenText({ startedAt }: PastRun): string {
  return new Date(startedAt).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'medium' });
}

function countsText({ counts, planned }: PastRun): string {
  const failed = verdictKinds.filter(isFailure).reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
  return failed > 0
    ? `$(error) ${vscode.l10n.t('{0} failed of {1}', failed, planned)}`
    : `$(pass) ${vscode.l10n.t('{0} passed of {1}', counts.passed ?? 0, planned)}`;
}

function stateText({ state, durationMs, recorded, planned, counts }: PastRun): string {
  const took = formatDuration(durationMs);
  if (state === 'ended') return took;
  // What was cancelled is recorded too, and it is what a resumption runs.
  const told = [took, recorded - (counts.cancelled ?? 0), planned] as const;
  switch (state) {
    case 'running':
      return vscode.l10n.t('running for {0}: {1} of {2} have a result', ...told);
    case 'stopped':
      return vscode.l10n.t('stopped after {0}: {1} of {2} have a result', ...told);
    case 'interrupted':
      return vscode.l10n.t('interrupted after {0}: {1} of {2} have a result', ...told);
  }
}

async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('Bulkhead could not do that. {0}', (error as Error).message));
  }
}
