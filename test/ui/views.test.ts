import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import type { Theme } from '../bed/settings.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

const looked = ['light', 'dark', 'high contrast'] as const satisfies readonly Theme[];

describe('what stands beside the Test Explorer', function () {
  this.timeout(240_000);
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    // Its tests are looked at for longer than they wait by themselves, and are then stopped.
    const slow = path.join(workspace.folder, 'test/slow.test.js');
    fs.writeFileSync(slow, fs.readFileSync(slow, 'utf8').replace('60_000', '200_000').replace('15_000', '200_000'));
    window = await openWindow({ folder: workspace.folder, settings: { 'bulkhead.timeout': '4 min' } });
    await window.workbench.openTestExplorer();
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('shows cages and their processes where an idle warden was shown before', async () => {
    const { workbench } = window;
    await workbench.expand('mocha');
    await workbench.expand('test');
    // To list it starts the warden, which then has nothing to do.
    await workbench.expand('slow.test.js');
    await workbench.expand('slow');
    await workbench.command('Bulkhead: Show Processes');
    await row(1, /^Warden \d+idle/).waitFor();
    await workbench.press('waits with a daemon 1', 'Run Test');
    await row(2, /waits with a daemon 1[\d.]+ MiB of 128 MiB · /).waitFor();
    await row(3, /sleep.* · CPU 0 ms$/).waitFor();
    await pictures('views/1-processes');
  });

  it('has a card on the status bar: what is alive, its cage, and what can be done', async () => {
    const { workbench } = window;
    await workbench.configure({ 'workbench.hover.delay': 200 });
    await hover(workbench.statusBarItem('status'));
    const card = workbench.page.locator('.workbench-hover', { hasText: 'safe test runs' });
    for (const text of ['Alive now', 'waits with a daemon 1', 'of 128 MiB', 'Cage:', 'Stop and reap', 'Doctor'])
      await card.getByText(text).first().waitFor();
    for (const theme of looked) {
      await workbench.theme(theme);
      await hover(workbench.statusBarItem('status'));
      await card.waitFor();
      // It fades in.
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`views/2-card ${theme}`);
    }
    await card.getByText('Stop and reap').click();
    await row(2, /./).waitFor({ state: 'detached' });
    await workbench.statusBarItem('status').filter({ hasText: 'stopped' }).waitFor();
  });

  it('explains in the configuration what a key means', async () => {
    const { workbench, bridge } = window;
    await bridge.evaluate(
      async ({ vscode }, file) => void (await vscode.window.showTextDocument(vscode.Uri.file(file))),
      path.join(workspace.folder, 'bulkhead.config.json'),
    );
    const key = workbench.page.locator('.view-line', { hasText: '"memory"' }).getByText('memory').first();
    await hover(key);
    await workbench.page
      .locator('.monaco-hover', { hasText: 'The memory that one test and every process it starts may use together' })
      .first()
      .waitFor();
    await workbench.screenshot('views/3-key');
  });

  it('has a page of the doctor that is read in every theme', async () => {
    const { workbench } = window;
    await workbench.configure({ 'workbench.hover.delay': 60_000 });
    await workbench.command('Bulkhead: Doctor');
    await workbench.page.locator('.tab.active', { hasText: 'Bulkhead Doctor' }).waitFor();
    await workbench.page.locator('.view-line', { hasText: 'Bulkhead' }).first().waitFor();
    await pictures('views/4-doctor');
  });

  /** A row of the Processes view, by its depth and all of its text. */
  function row(level: number, text: RegExp): Locator {
    const rows = window.workbench.page.locator(`.pane-body .customview-tree .monaco-list-row[aria-level="${level}"]`);
    return rows.filter({ hasText: text }).first();
  }

  async function hover(target: Locator): Promise<void> {
    // What is hovered over already has to be left first.
    await window.workbench.page.mouse.move(700, 300);
    await target.hover();
  }

  async function pictures(name: string): Promise<void> {
    for (const theme of looked) {
      await window.workbench.theme(theme);
      await window.workbench.screenshot(`${name} ${theme}`);
    }
  }
});
