import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { Menu } from '../bed/menu.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

const hog = 'takes too much memory';

describe('the context menus', function () {
  this.timeout(240_000);
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    window = await openWindow({ folder: workspace.folder });
    const { workbench } = window;
    await workbench.openTestExplorer();
    for (const label of ['mocha', 'test', 'verdicts.test.js', 'verdicts']) await workbench.expand(label);
    await workbench.press(hog, 'Run Test');
    await workbench.showsState(hog, 'failed');
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('of a test copies the command that runs it in the terminal', async () => {
    const menu = await window.workbench.openMenu(hog);
    await menu.choose('Copy Reproduction Command');
    await copied();
  });

  for (const entry of [
    'Run with More Memory…',
    'Run Alone N Times…',
    'Mark as Known Failure…',
    'Set Memory Cap of Test…',
    'Set Time Limit of Test…',
  ])
    it(`of a test asks before it does this: ${entry}`, async () => {
      const { page } = window.workbench;
      const menu = await window.workbench.openMenu(hog);
      await menu.choose(entry);
      const question = page.locator('.quick-input-widget');
      await question.waitFor();
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'hidden' });
    });

  it('of the gutter copies it too', async () => {
    const { workbench, bridge } = window;
    await bridge.evaluate(
      async ({ vscode }, file) => void (await vscode.window.showTextDocument(vscode.Uri.file(file))),
      `${workspace.folder}/test/verdicts.test.js`,
    );
    const menu = await menuOf(workbench.page.locator('.testing-run-glyph').first());
    await workbench.screenshot('menus/1-gutter');
    await menu.choose('Copy Reproduction Command');
    await copied();
  });

  it('over the text of a message has a button for what to do about it, the first of the menu', async () => {
    const { page } = window.workbench;
    await openResults();
    await results(/Out of memory: /)
      .first()
      .click();
    const button = page.locator('.test-output-peek-message-container .floating-click-widget');
    await button.getByText('Run with More Memory…').waitFor();
    await window.workbench.screenshot('menus/2-content');
    const advice = page.locator('.test-output-peek-message-container .view-line', { hasText: 'If the test' });
    const [text, over] = [await advice.first().boundingBox(), await button.boundingBox()];
    assert.ok(text!.y + text!.height <= over!.y, 'the button lies below the advice, not on it');
    await button.click();
    const question = page.locator('.quick-input-widget');
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
  });

  it('of a result and its only message, which VS Code shows in one row, opens its page in the report', async () => {
    const { workbench } = window;
    await openResults();
    const menu = await menuOf(results(/Out of memory: /).first());
    await menu.entry('Run with More Memory…').waitFor();
    await workbench.screenshot('menus/3-result');
    // VS Code puts what is a button of the row into its menu too.
    assert.equal(await menu.entries('Show Process Report').count(), 1);
    await menu.choose('Show Process Report');
    await workbench.webview().getByText('Why this verdict').first().waitFor();
  });

  it('of a message that has a row of its own, because there are two, copies the command', async () => {
    const { bridge } = window;
    await bridge.evaluate(({ vscode, extension }, label) => {
      const { controller } = extension as TestApi;
      const found = (items: vscode.TestItemCollection): vscode.TestItem[] =>
        [...items].flatMap(([, item]) => [...(item.label === label ? [item] : []), ...found(item.children)]);
      const [item] = found(controller.items);
      const run = controller.createTestRun(new vscode.TestRunRequest([item!]));
      const messages = ['the first of two', 'the second of two'].map(text => new vscode.TestMessage(text));
      for (const message of messages) message.contextValue = 'bulkhead.failed';
      run.failed(item!, messages);
      run.end();
    }, hog);
    await openResults();
    const menu = await menuOf(results(/the second of two/).first());
    await menu.entry('Run with More Memory…').waitFor();
    await window.workbench.screenshot('menus/4-message');
    await menu.choose('Copy Reproduction Command');
    await copied();
  });

  it('of the profiles, which VS Code has where another extension runs tests too, configures', async () => {
    const { workbench, bridge } = window;
    const { page } = workbench;
    await bridge.evaluate(({ vscode }) => {
      const other = vscode.tests.createTestController('other', 'Other');
      other.createRunProfile('Run', vscode.TestRunProfileKind.Run, () => undefined, true);
    });
    await page.locator('.pane-header', { hasText: 'Test Explorer' }).hover();
    const arrow = page.locator('.part.sidebar .monaco-dropdown-with-primary .dropdown-action-container .action-label');
    await arrow.first().click();
    const menu = new Menu(page);
    await menu.opened();
    await workbench.screenshot('menus/5-profiles');
    await menu.choose('Configure Bulkhead');
    await page.locator('.quick-input-widget', { hasText: 'Bulkhead: Configure' }).waitFor();
    await page.keyboard.press('Escape');
  });

  async function openResults(): Promise<void> {
    await window.bridge.evaluate(
      ({ vscode }) => void vscode.commands.executeCommand('workbench.panel.testResults.view.focus'),
    );
  }

  function results(hasText: RegExp): Locator {
    return window.workbench.page.locator('.test-output-peek-tree .monaco-list-row', { hasText });
  }

  async function menuOf(place: Locator): Promise<Menu> {
    await place.click({ button: 'right' });
    const menu = new Menu(window.workbench.page);
    await menu.opened();
    return menu;
  }

  /** The command, and takes it off the clipboard again. */
  async function copied(): Promise<void> {
    await window.bridge.until(async ({ vscode }) => (await vscode.env.clipboard.readText()).includes('bulkhead run'));
    await window.bridge.evaluate(({ vscode }) => vscode.env.clipboard.writeText(''));
  }
});
