import * as vscode from 'vscode';
import { AgentTools } from './editor/agent-tools.ts';
import { Commands } from './editor/commands.ts';
import { Configure } from './editor/configure.ts';
import { Connection } from './editor/connection.ts';
import { setContextKeys } from './editor/context-keys.ts';
import { Continuous } from './editor/continuous.ts';
import { Coverage } from './editor/coverage.ts';
import { debuggable } from './editor/debugging.ts';
import { Drafts } from './editor/drafts.ts';
import { Doctor } from './editor/doctor.ts';
import { Interrupted } from './editor/interrupted.ts';
import { KnownFailures } from './editor/known-failures.ts';
import { writeLog } from './editor/log.ts';
import { McpServers } from './editor/mcp-servers.ts';
import { Marking } from './editor/marking.ts';
import { outdate } from './editor/outdated.ts';
import { PastRuns } from './editor/past-runs.ts';
import { ProblemReport } from './editor/problem-report.ts';
import { Processes } from './editor/processes.ts';
import { Problems } from './editor/problems.ts';
import { Report } from './editor/report.ts';
import { ReportActions } from './editor/report-actions.ts';
import { RunCommands } from './editor/run-commands.ts';
import { Runs } from './editor/runs.ts';
import { folderSetups, section } from './editor/settings.ts';
import { Status } from './editor/status.ts';
import type { TestApi } from './editor/test-api.ts';
import { TestActions } from './editor/test-actions.ts';
import { translateBy } from './editor/texts.ts';
import { TestTree } from './editor/tree.ts';
import { Untrusted } from './editor/untrusted.ts';
import { registerWalkthrough } from './editor/walkthrough.ts';
import { Watch } from './editor/watch.ts';

let connection: Connection | undefined;

export function activate(context: vscode.ExtensionContext): TestApi | Untrusted {
  translateBy((message, ...args) => vscode.l10n.t(message, ...args));
  const log = vscode.window.createOutputChannel('Bulkhead', { log: true });
  context.subscriptions.push(log, registerWalkthrough(context.extension.id));
  if (vscode.workspace.isTrusted) return start(context, log);
  const untrusted = new Untrusted(context.extension, log);
  const granted = vscode.workspace.onDidGrantWorkspaceTrust(() => {
    untrusted.dispose();
    start(context, log);
  });
  context.subscriptions.push(untrusted, granted);
  return untrusted;
}

function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): TestApi {
  const began = process.cpuUsage();
  const controller = vscode.tests.createTestController('bulkhead', 'Bulkhead');
  const problems = new Problems(log);
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const warden = new Connection({
    script: context.asAbsolutePath('dist/warden.cjs'),
    storage,
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
  const coverage = new Coverage(warden, tree, problems);
  const runs = new Runs(controller, warden, tree, problems, marking, coverage, log);
  const status = new Status(
    () => warden.client?.info.cage ?? null,
    async () => (await warden.client?.request('status', {}))?.cages ?? [],
  );
  const watch = new Watch(tree, warden, log);
  const continuous = new Continuous(runs, tree, watch.onDidChange);
  const profile = controller.createRunProfile(
    'Run',
    vscode.TestRunProfileKind.Run,
    async (request, token) => {
      if (request.continuous) continuous.start(request, token);
      else await runs.start(request);
    },
    true,
    undefined,
    true,
  );
  const coverageProfile = controller.createRunProfile(
    'Coverage',
    vscode.TestRunProfileKind.Coverage,
    async (request, token) => {
      if (request.continuous) continuous.start(request, token, { coverage: true });
      else await runs.start(request, { coverage: true });
    },
    true,
    undefined,
    true,
  );
  coverage.register(coverageProfile);
  const debugProfile = controller.createRunProfile(
    'Debug',
    vscode.TestRunProfileKind.Debug,
    async request => void (await runs.start(request, { debug: true })),
    true,
    debuggable,
  );
  const commands = new Commands(runs, tree, status, log, profile);
  const actions = new ReportActions(runs, commands);
  const doctor = new Doctor(warden);
  const processes = new Processes(warden, tree, log);
  const report = new Report(context.extensionUri, runs, actions);
  const { version } = context.extension.packageJSON as { version: string };
  const pastRuns = new PastRuns(warden, tree, runs, report, version);
  const { workspaceState } = context;
  const interrupted = new Interrupted({ workspaceState, storage }, warden, runs, pastRuns, log);
  const testActions = new TestActions(runs, tree, report, profile);
  const agents = new AgentTools(warden, tree, runs, profile);
  const mcpServers = new McpServers(context.asAbsolutePath('dist/cli.cjs'), version);

  controller.resolveHandler = item => tree.resolve(item);
  controller.refreshHandler = token => tree.refresh(token);
  context.subscriptions.push(
    ...[controller, problems, warden, status, watch, report, doctor, processes],
    ...[
      report.register(),
      actions.register(),
      new Configure(tree).register([profile, coverageProfile, debugProfile]),
      new KnownFailures(warden, tree, runs).register(),
      ...doctor.register(),
      ...processes.register(),
    ],
    ...commands.register(
      () => report.show(),
      key => actions.openOutput(key),
    ),
    ...testActions.register(),
    ...new RunCommands(runs, tree, commands, profile).register(),
    ...pastRuns.register(),
    ...interrupted.register(),
    ...new Drafts(tree, log).register(),
    ...agents.register(),
    ...mcpServers.register(),
    new ProblemReport(context, doctor).register(),
    watch.onDidChange(files => outdate(controller, tree, files)),
    tree.onDidFind(keys => void marking.restore(keys)),
    tree.onDidList(projects => watch.follow(projects)),
    runs.onEvent(event => {
      status.run(event);
      report.run(event);
      if (event.kind === 'begun' || event.kind === 'ended') setContextKeys(runs);
    }),
    warden.onNotice(notice => {
      runs.notice(notice);
      if (notice.notice === 'cage') void status.cage(notice.cage, context.globalState);
      if (notice.notice === 'live') status.live(notice);
      if (notice.notice === 'live') report.live(notice);
      if (notice.notice === 'live') processes.live(notice);
      if (notice.notice === 'log') writeLog(log, notice);
    }),
    warden.onDeath(reason => {
      problems.wardenDied(reason, runs.running > 0);
      processes.wardenDied();
    }),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (!change.affectsConfiguration(section)) return;
      watch.configured();
      status.configured();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => watch.configured()),
  );
  setContextKeys(runs);
  void interrupted.look();
  const { user, system } = process.cpuUsage(began);
  return {
    controller,
    profile,
    coverageProfile,
    debugProfile,
    runs,
    status,
    processes,
    interrupted,
    agents,
    mcpServers,
    connection: warden,
    activationCpuMs: (user + system) / 1000,
  };
}

/** A reload of the window does not wait for this, and nothing depends on it: the pipe closes with the process too. */
export function deactivate(): void {
  connection?.closeNow();
}
