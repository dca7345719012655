import * as vscode from 'vscode';
import { Commands } from './editor/commands.ts';
import { Configure } from './editor/configure.ts';
import { Connection } from './editor/connection.ts';
import { setContextKeys } from './editor/context-keys.ts';
import { Doctor } from './editor/doctor.ts';
import { KnownFailures } from './editor/known-failures.ts';
import { writeLog } from './editor/log.ts';
import { Marking } from './editor/marking.ts';
import { Processes } from './editor/processes.ts';
import { Problems } from './editor/problems.ts';
import { Report } from './editor/report.ts';
import { ReportActions } from './editor/report-actions.ts';
import { Runs } from './editor/runs.ts';
import { folderSetups, section } from './editor/settings.ts';
import { Status } from './editor/status.ts';
import type { TestApi } from './editor/test-api.ts';
import { TestActions } from './editor/test-actions.ts';
import { TestTree } from './editor/tree.ts';
import { Watch } from './editor/watch.ts';

let connection: Connection | undefined;

export function activate(context: vscode.ExtensionContext): TestApi {
  const began = process.cpuUsage();
  const log = vscode.window.createOutputChannel('Bulkhead', { log: true });
  const controller = vscode.tests.createTestController('bulkhead', 'Bulkhead');
  const problems = new Problems(log);
  const warden = new Connection({
    script: context.asAbsolutePath('dist/warden.cjs'),
    storage: (context.storageUri ?? context.globalStorageUri).fsPath,
    folders: () => {
      const { folders, problems: own } = folderSetups();
      problems.show('settings', own);
      return folders;
    },
    log,
  });
  connection = warden;
  const tree = new TestTree(controller, warden, problems, log);
  const marking = new Marking(tree, warden, log);
  const runs = new Runs(controller, warden, tree, problems, marking, log);
  const status = new Status(() => warden.client?.info.cage ?? null);
  const watch = new Watch(tree, warden, log);
  const profile = controller.createRunProfile(
    'Run',
    vscode.TestRunProfileKind.Run,
    request => runs.start(request).then(() => undefined),
    true,
  );
  const commands = new Commands(runs, tree, status, log, profile);
  const actions = new ReportActions(runs, commands);
  const doctor = new Doctor(warden);
  const processes = new Processes(warden, tree, log);
  const report = new Report(context.extensionUri, runs, actions);
  const testActions = new TestActions(runs, tree, report, profile);

  controller.resolveHandler = item => tree.resolve(item);
  controller.refreshHandler = token => tree.refresh(token);
  context.subscriptions.push(
    ...[log, controller, problems, warden, status, watch, report, doctor, processes],
    ...[
      report.register(),
      actions.register(),
      new Configure(tree).register(),
      new KnownFailures(warden, tree, runs).register(),
      ...doctor.register(),
      ...processes.register(),
    ],
    ...commands.register(
      () => report.show(),
      key => actions.openOutput(key),
    ),
    ...testActions.register(),
    tree.onDidFind(keys => void marking.restore(keys)),
    tree.onDidList(projects => watch.follow(projects)),
    runs.onEvent(event => {
      status.run(event);
      report.run(event);
      if (event.kind === 'begun' || event.kind === 'ended') setContextKeys(runs);
    }),
    warden.onNotice(notice => {
      runs.notice(notice);
      if (notice.notice === 'live') status.live(notice);
      if (notice.notice === 'live') report.live(notice);
      if (notice.notice === 'live') processes.live(notice);
      if (notice.notice === 'log') writeLog(log, notice);
    }),
    warden.onDeath(reason => {
      problems.wardenDied(reason);
      processes.wardenDied();
    }),
    vscode.workspace.onDidChangeConfiguration(change => change.affectsConfiguration(section) && watch.configured()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => watch.configured()),
  );
  setContextKeys(runs);
  const { user, system } = process.cpuUsage(began);
  return { controller, runs, status, processes, connection: warden, activationCpuMs: (user + system) / 1000 };
}

/** A reload of the window does not wait for this, and nothing depends on it: the pipe closes with the process too. */
export function deactivate(): void {
  connection?.closeNow();
}
