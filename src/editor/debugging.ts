import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DebuggerKind, DebugMeans } from '../protocol/events.ts';
import type { Notice } from '../protocol/messages.ts';

/** On what the profile Debug is offered for. */
export const debuggable = new vscode.TestTag('debuggable');

const forPython = 'ms-python.debugpy';

export type Waiting = Extract<Notice, { notice: 'debugger' }>;

/**
 * Attaches VS Code to a test that waits for it. Throws where it cannot, with what to do; the test waits on then. `onDismissed`:
 * somebody has told the debugger to leave.
 */
export async function attach(waiting: Waiting, run: vscode.TestRun, onDismissed: () => void): Promise<void> {
  const missing = missingDebugger(waiting.kind);
  if (missing !== null) throw new Error(missing);
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(waiting.file));
  const mark = `${waiting.run} ${waiting.port}`;
  const configuration = { ...configurationFor(waiting), bulkhead: mark };
  const watch = watchFor(session => session.configuration['bulkhead'] === mark, onDismissed);
  if (await vscode.debug.startDebugging(folder, configuration, { testRun: run })) return;
  watch.dispose();
  throw new Error(notAttached(waiting));
}

/** VS Code asks a debugger to leave when its process is gone too, but then the debugger has said so before. */
function watchFor(isIt: (session: vscode.DebugSession) => boolean, onDismissed: () => void): vscode.Disposable {
  const isMain = (session: vscode.DebugSession) => !session.parentSession && isIt(session);
  const tracking = vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker(session) {
      if (!isMain(session)) return undefined;
      let over = false;
      return {
        onDidSendMessage: ({ event }: { readonly event?: string }) => (over ||= event === 'terminated'),
        onWillReceiveMessage({ command }: { readonly command?: string }) {
          if (over || (command !== 'disconnect' && command !== 'terminate')) return;
          over = true;
          onDismissed();
        },
      };
    },
  });
  const ends = vscode.debug.onDidTerminateDebugSession(session => {
    if (isMain(session)) all.dispose();
  });
  const all = vscode.Disposable.from(tracking, ends);
  return all;
}

/** To a process that is open to a debugger by its own command line, and waits for nobody. */
export async function attachTo(place: Pick<Waiting, 'kind' | 'label' | 'host' | 'port'>): Promise<void> {
  const missing = missingDebugger(place.kind);
  if (missing !== null) throw new Error(missing);
  if (await vscode.debug.startDebugging(undefined, configurationFor(place))) return;
  throw new Error(notAttached(place));
}

function notAttached({ label, host, port }: Pick<Waiting, 'label' | 'host' | 'port'>): string {
  return vscode.l10n.t('VS Code could not attach its debugger to {0} at {1}.', label, `${host}:${port}`);
}

function configurationFor({
  kind,
  label,
  host,
  port,
}: Pick<Waiting, 'kind' | 'label' | 'host' | 'port'>): vscode.DebugConfiguration {
  const common = { name: `Bulkhead: ${label}`, request: 'attach' };
  switch (kind) {
    case 'node':
      return {
        ...common,
        type: 'node',
        address: host,
        port,
        continueOnAttach: true,
        // It would put itself into the environment of everything that the test starts.
        autoAttachChildProcesses: false,
        skipFiles: ['<node_internals>/**'],
      };
    case 'python':
      return { ...common, type: 'debugpy', connect: { host, port }, justMyCode: false, subProcess: false };
  }
}

/** The debugger for Python brings a debugpy along, for Pythons that have none. */
export function debugMeans(): DebugMeans {
  const { extensionPath } = vscode.extensions.getExtension(forPython) ?? {};
  const debugpy = extensionPath && join(extensionPath, 'bundled', 'libs');
  return debugpy && existsSync(debugpy) ? { debugpy } : {};
}

function missingDebugger(kind: DebuggerKind): string | null {
  switch (kind) {
    case 'node':
      return null;
    case 'python':
      return vscode.extensions.getExtension(forPython)
        ? null
        : vscode.l10n.t(
            'Python tests are debugged with the extension "Python Debugger" (ms-python.debugpy). Install it, and debug the test again.',
          );
  }
}
