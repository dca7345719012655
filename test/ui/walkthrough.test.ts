import assert from 'node:assert/strict';
import { type Theme, themes } from '../bed/settings.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

const steps = ['Find your tests', 'Run them, each in its cage', 'See a hog caught', 'Set a cap', 'Ask the doctor'];

describe('the walkthrough', function () {
  this.timeout(240_000);
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    window = await openWindow({ folder: workspace.folder });
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('opens by its command, with a picture beside each of its steps', async () => {
    const { workbench } = window;
    await workbench.command('Bulkhead: Open Walkthrough');
    const page = workbench.page.locator('.gettingStartedContainer');
    for (const [index, title] of steps.entries()) {
      const step = page.locator('.getting-started-step', { hasText: title });
      await step.click();
      await workbench.page.locator('.getting-started-step.expanded', { hasText: title }).waitFor();
      await picture();
      await workbench.screenshot(`walkthrough/${index + 1}`);
    }
    assert.equal(await page.locator('.getting-started-step').count(), steps.length);
  });

  it('is readable in every theme', async () => {
    const { workbench } = window;
    await workbench.page.locator('.getting-started-step', { hasText: 'See a hog caught' }).click();
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.theme(theme);
      await picture();
      await workbench.screenshot(`walkthrough/themes ${theme}`);
    }
  });

  it('runs all tests from its step, which is then done', async () => {
    const { workbench } = window;
    const step = workbench.page.locator('.getting-started-step', { hasText: 'Run them, each in its cage' });
    await step.click();
    await step.getByRole('button', { name: 'Run All Tests' }).click();
    await step.locator('.codicon.complete').waitFor();
    const status = workbench.statusBarItem('status');
    await status.filter({ hasText: /\d+\/\d+/ }).waitFor({ timeout: 60_000 });
    await workbench.command('Bulkhead: Stop and Reap Everything');
    await status.filter({ hasText: /stopped|failed of/ }).waitFor({ timeout: 60_000 });
  });

  /** VS Code shows it in a page of its own, where styles of the picture are refused: without its colours, it is a black rectangle. */
  async function picture(): Promise<void> {
    const svg = window.workbench.webview().locator('svg');
    const text = svg.locator('text').first();
    await text.waitFor();
    const fill = (element: SVGElement) => getComputedStyle(element).fill;
    assert.notEqual(await text.evaluate(fill), await svg.locator('rect').first().evaluate(fill));
  }
});
