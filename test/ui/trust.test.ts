import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';
import { alive } from '../integration/processes.ts';

describe('a workspace that nobody has trusted', function () {
  this.timeout(240_000);
  const workspace = copiedWorkspace();
  const traces = path.join(workspace.folder, 'traces');
  const cloned = path.join(workspace.folder, 'test/cloned.test.js');
  let window: Window;

  before(async () => {
    // Whatever of the workspace is run leaves a trace: its tests, its configuration, and the Node that its settings name.
    const trace = (what: string) =>
      `require('node:fs').appendFileSync(${JSON.stringify(traces)}, ${JSON.stringify(`${what}\n`)});\n`;
    fs.writeFileSync(cloned, `${trace('test file')}describe('cloned', () => { it('is only read', () => {}); });\n`);
    fs.rmSync(path.join(workspace.folder, '.mocharc.json'));
    fs.writeFileSync(
      path.join(workspace.folder, '.mocharc.js'),
      `${trace('mocharc')}module.exports = { spec: ['test/*.test.js'] };\n`,
    );
    fs.writeFileSync(path.join(workspace.folder, 'node'), `#!/bin/sh\necho node >> '${traces}'\nexec node "$@"\n`, {
      mode: 0o755,
    });
    fs.mkdirSync(path.join(workspace.folder, '.vscode'));
    fs.writeFileSync(
      path.join(workspace.folder, '.vscode/settings.json'),
      JSON.stringify({ 'bulkhead.node': path.join(workspace.folder, 'node') }),
    );
    window = await openWindow({ folder: workspace.folder, untrusted: true, settings: { 'files.autoSave': 'off' } });
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('shows its tests by reading them, offers to run none, and starts no process', async () => {
    const { workbench } = window;
    assert.equal(await window.bridge.evaluate(({ vscode }) => vscode.workspace.isTrusted), false);
    await workbench.openTestExplorer();
    await workbench.expand('test');
    await workbench.expand('cloned.test.js');
    await workbench.expand('cloned');
    await workbench.row('is only read').hover();
    assert.equal(await workbench.row('is only read').getByRole('button', { name: 'Run Test' }).count(), 0);
    assert.deepEqual(await wardens(), []);
    assert.equal(fs.existsSync(traces), false, 'something of the workspace was run');
    await workbench.screenshot('trust/1-untrusted');
  });

  it('says why its commands do nothing', async () => {
    const { workbench } = window;
    for (const title of ['Doctor', 'Show Processes', 'Run All Tests']) {
      await workbench.command(`Bulkhead: ${title}`);
      const toast = workbench.toast(`"${title}" needs that`);
      await toast.getByRole('button', { name: 'Manage Trust' }).waitFor();
      if (title === 'Doctor') await workbench.screenshot('trust/2-why');
      await workbench.command('Notifications: Clear All Notifications');
    }
    assert.deepEqual(await wardens(), []);
  });

  it('runs nothing for agents either, and tells them why', async () => {
    const answers = await window.bridge.evaluate(({ vscode }) => {
      const invoke = (name: string) =>
        vscode.lm.invokeTool(name, { input: {}, toolInvocationToken: undefined }).then(() => 'It ran.', String);
      return Promise.all(['run_tests_safely', 'get_test_process_report'].map(invoke));
    });
    for (const answer of answers) assert.match(answer, /has not trusted this workspace/);
    assert.deepEqual(await wardens(), []);
  });

  it('reads what is typed, and starts nothing for it', async () => {
    const { workbench, bridge } = window;
    await bridge.evaluate(async ({ vscode }, file) => {
      const { document } = await vscode.window.showTextDocument(vscode.Uri.file(file));
      const edit = new vscode.WorkspaceEdit();
      const text = "describe('typed', () => { it('is not saved', () => {}); });\n";
      edit.insert(document.uri, new vscode.Position(document.lineCount, 0), text);
      await vscode.workspace.applyEdit(edit);
    }, cloned);
    await workbench.expand('typed');
    await workbench.row('is not saved').waitFor();
    assert.equal(fs.existsSync(traces), false, 'something of the workspace was run');
    assert.deepEqual(await wardens(), []);
    await bridge.evaluate(async ({ vscode }, file) => {
      await vscode.window.showTextDocument(vscode.Uri.file(file));
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }, cloned);
    await workbench.row('typed').waitFor({ state: 'hidden' });
  });

  it('is as any other once it is trusted', async () => {
    const { workbench } = window;
    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await window.bridge.until(({ vscode }) => vscode.workspace.isTrusted);
    await workbench.openTestExplorer();
    await workbench.expand('mocha');
    await workbench.expand('test');
    await workbench.press('cloned.test.js', 'Run Test');
    await workbench.statusBarItem('status').filter({ hasText: '1 passed' }).waitFor({ timeout: 90_000 });
    assert.ok(fs.existsSync(traces), 'its tests have run');
    await workbench.screenshot('trust/3-trusted');
  });

  /** Those of this window. */
  async function wardens(): Promise<number[]> {
    const own = await window.bridge.evaluate(
      ({ vscode }) => vscode.extensions.getExtension('bulkhead.bulkhead')!.extensionPath,
    );
    return alive(own, 'warden.cjs');
  }
});
