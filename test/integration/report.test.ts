import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Report } from '../../src/editor/report.ts';
import type { ReportActions } from '../../src/editor/report-actions.ts';
import { RunRecords } from '../../src/editor/run-records.ts';
import type { Runs } from '../../src/editor/runs.ts';
import type { ToPanel } from '../../src/panel/messages.ts';
import type { RunSummary } from '../../src/protocol/messages.ts';

const nothing = { 'newly-failed': [], fixed: [], new: [], slower: [], 'more-memory': [] };
const summary: RunSummary = {
  ...{ run: 'run-1', startedAt: 0, durationMs: 1, planned: 0, counts: {}, leaked: 0, flaky: 0 },
  ...{ cancelled: false, problems: [], journal: null },
};

/** The panel only pretends, so that each message is seen as it is posted; the UI tests have the real one. */
describe('the editor’s side of the report', () => {
  const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'test', 'old.test.js').fsPath;
  let posted: ToPanel[];
  let compared: string[];

  beforeEach(() => {
    posted = [];
    compared = [];
  });

  it('compares a run that has ended, and names what is gone by its place in the workspace', async () => {
    await opened(records => (records.summary = summary));
    assert.deepEqual(compared, ['run-1']);
    const gone = posted.find(message => message.type === 'gone')?.gone;
    assert.deepEqual(gone, { total: 1, tests: [{ title: 'is old', file: 'test/old.test.js' }] });
  });

  it('does not compare a run that was lost: it has no warden any more, and none is started for that', async () => {
    await opened(records => (records.lostBecause = 'The warden ended with code 1.'));
    assert.deepEqual(
      posted.filter(({ type }) => type !== 'run'),
      [{ type: 'lost', because: 'The warden ended with code 1.' }],
    );
    assert.deepEqual(compared, []);
  });

  /** A report that is opened when the run is over. */
  async function opened(end: (records: RunRecords) => void): Promise<void> {
    const last = new RunRecords('run-1', 'All tests', 0);
    end(last);
    const comparison = async (run: string) => {
      compared.push(run);
      return { ...nothing, gone: { total: 1, tests: [{ title: 'is old', file }] } };
    };
    const extension = vscode.extensions.getExtension('bulkhead.bulkhead')!.extensionUri;
    const report = new Report(extension, { last, comparison } as unknown as Runs, {} as ReportActions);
    const heard = new vscode.EventEmitter<unknown>();
    const never = new vscode.EventEmitter<never>();
    await report.deserializeWebviewPanel({
      visible: true,
      webview: {
        asWebviewUri: (uri: vscode.Uri) => uri,
        cspSource: 'vscode-webview:',
        onDidReceiveMessage: heard.event,
        postMessage: async (message: ToPanel) => posted.push(message) > 0,
      },
      onDidChangeViewState: never.event,
      onDidDispose: never.event,
      dispose: () => {},
    } as unknown as vscode.WebviewPanel);
    heard.fire({ type: 'ready' });
    // What is asked of a warden is answered in a later turn.
    await new Promise(resolve => setImmediate(resolve));
    report.dispose();
  }
});
