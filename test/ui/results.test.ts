import assert from 'node:assert/strict';
import { type Theme, themes } from '../bed/settings.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

describe('results in the Test Explorer', () => {
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    window = await openWindow({ folder: workspace.folder });
    await window.workbench.openTestExplorer();
    await window.workbench.expand('mocha');
    await window.workbench.expand('test');
    await window.workbench.expand('verdicts.test.js');
    await window.workbench.expand('verdicts');
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('stand behind the labels, in every theme', async () => {
    const { workbench } = window;
    await workbench.press('verdicts.test.js', 'Run Test');
    await workbench.showsState('leaves a process behind', 'passed', 60_000);
    await workbench
      .row('takes too much memory')
      .filter({ hasText: /MiB · oom/ })
      .waitFor();
    await workbench
      .row('leaves a process behind')
      .filter({ hasText: /MiB · leak/ })
      .waitFor();
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.theme(theme);
      await workbench.screenshot(`results/1-tree ${theme}`);
    }
  });

  it('are found by their tags', async () => {
    const { workbench } = window;
    const filter = workbench.page
      .locator('.testing-filter-action-item, .testing-explorer-header')
      .locator('.monaco-editor');
    await filter.first().click();
    await workbench.page.keyboard.type('@bulkhead:oom');
    await workbench.row('crashes').waitFor({ state: 'detached' });
    await workbench.row('takes too much memory').waitFor();
    await workbench.screenshot('results/2-filter');
    await workbench.page.keyboard.press('ControlOrMeta+A');
    await workbench.page.keyboard.press('Delete');
    await workbench.row('crashes').waitFor();
  });

  it('have a menu of what to do next, in every theme', async () => {
    const { workbench } = window;
    for (const theme of ['light', 'dark', 'high contrast'] as const) {
      await workbench.theme(theme);
      const menu = await workbench.openMenu('takes too much memory');
      await menu.entry('Run with More Memory…').waitFor();
      await workbench.screenshot(`results/3-menu ${theme}`);
      await menu.close();
    }
  });

  it('open in the report at that test', async () => {
    const { workbench } = window;
    const menu = await workbench.openMenu('takes too much memory');
    await menu.choose('Show Process Report');
    await workbench.webview().locator('tr', { hasText: 'takes too much memory' }).first().waitFor();
    await workbench.webview().getByText('Why this verdict').first().waitFor();
    await workbench.screenshot('results/4-report');
  });
});
