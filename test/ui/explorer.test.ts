import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Theme, themes } from '../bed/settings.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';
import { aliveIn } from '../integration/processes.ts';

describe('Test Explorer', () => {
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    window = await openWindow({ folder: workspace.folder });
    await window.workbench.openTestExplorer();
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('shows projects, folders, files and, once opened, tests', async () => {
    const { workbench } = window;
    await workbench.expand('mocha');
    await workbench.expand('test');
    await workbench.expand('verdicts.test.js');
    await workbench.expand('verdicts');
    await workbench.row('takes too much memory').waitFor();
    await workbench.screenshot('explorer/1-tests');
  });

  it('runs one test by the button of its row', async () => {
    await window.workbench.press('passes', 'Run Test');
    await window.workbench.showsState('passes', 'passed');
    await window.workbench.showsState('crashes', 'unset');
  });

  it('runs a file and shows each verdict, category and numbers first', async () => {
    const { workbench, bridge } = window;
    await workbench.press('verdicts.test.js', 'Run Test');
    await workbench.showsState('takes too much memory', 'failed');
    await workbench.showsState('crashes', 'failed');
    await workbench.showsState('exits early', 'failed');
    await workbench.showsState('is skipped', 'skipped');
    await workbench.showsState('leaves a process behind', 'passed');
    // The run of one test, of before, has ended too.
    const run = await bridge.until(host =>
      host.runs().find(({ ended, tests }) => ended && tests.some(test => test.path.at(-1) === 'crashes')),
    );
    const first = (label: string) =>
      run!.tests.find(test => test.path.at(-1) === label)?.messages[0]?.split('\n')[0] ?? '';
    assert.match(first('takes too much memory'), /^Out of memory: .+128 MiB/);
    assert.match(first('crashes'), /^Crashed: SIGSEGV/);
    assert.match(first('exits early'), /^Exited early with code 0/);
  });

  it('shows the message beside its results, in every theme', async () => {
    const { workbench } = window;
    await workbench.command('Test Results: Focus on Test Results View');
    const results = workbench.page.locator('.test-output-peek-tree');
    await results.waitFor();
    await results
      .locator('.monaco-list-row', { hasText: /Out of memory: .+128 MiB/ })
      .first()
      .click();
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.theme(theme);
      await workbench.screenshot(`explorer/2-results ${theme}`);
    }
    await workbench.command('View: Hide Panel');
  });

  it('says "stopped" only when nothing is alive', async () => {
    const { workbench, bridge } = window;
    await workbench.expand('slow.test.js');
    await workbench.expand('slow');
    const endedBefore = await bridge.evaluate(host => host.runs().filter(({ ended }) => ended).length);
    await workbench.press('slow.test.js', 'Run Test');
    await workbench.showsState('waits with a daemon 1', 'running');
    await until(() => aliveIn(workspace.folder, 'sleep', '61.5').length > 0);
    await workbench.screenshot('explorer/3-running');
    await workbench.toolbar('Cancel Test Run');
    await bridge.until((host, before) => host.runs().filter(({ ended }) => ended).length > before, endedBefore);
    assert.deepEqual(aliveIn(workspace.folder, 'sleep', '61.5'), []);
    await workbench.showsState('waits with a daemon 1', 'skipped');
    // The window shows the text a moment after the extension set it.
    await workbench.statusBarItem('status').filter({ hasText: 'stopped' }).waitFor();
  });

  it('shows a file that appears, and why a file does not load', async () => {
    const { workbench } = window;
    fs.writeFileSync(path.join(workspace.folder, 'test/appeared.test.js'), "it('is new', () => {});\n");
    await workbench.expand('appeared.test.js');
    await workbench.row('is new').waitFor();
    await workbench.expand('broken.test.js');
    await workbench.page.locator('.test-explorer .monaco-list-row', { hasText: 'this file does not load' }).waitFor();
    await workbench.screenshot('explorer/4-broken');
  });
});

async function until(probe: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!probe()) {
    assert.ok(Date.now() < deadline, `still not so after 60 s: ${String(probe)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
