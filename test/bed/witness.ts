// mocha --require test/bed/witness.ts: keeps what every open window shows when a test of the editor fails.
import * as path from 'node:path';
import type { Context } from 'mocha';
import type { Locator, Page } from 'playwright-core';
import { artifacts } from './places.ts';
import { openWindows } from './window.ts';

const most = 1500;

export const mochaHooks = {
  async afterEach(this: Context): Promise<void> {
    const test = this.currentTest;
    // One that is to be tried again has no state.
    if (!test || test.state === 'passed' || test.state === 'pending') return;
    for (const { workbench } of openWindows) {
      const name = test
        .fullTitle()
        .replace(/[^\w -]+/g, '')
        .slice(0, 80);
      const file = path.join(artifacts, 'failures', `${name}.png`);
      console.log(`      what the window shows (${path.relative(process.cwd(), file)}):`);
      console.log((await shown(workbench.page, file)).replace(/^/gm, '      | '));
    }
  },
};

async function shown(page: Page, file: string): Promise<string> {
  try {
    await page.screenshot({ path: file, timeout: 20_000 });
    const webview = page.frameLocator('iframe.webview.ready').first().frameLocator('#active-frame');
    return [
      `menu: ${await textOf(page.locator('.context-view'))}`,
      `tabs: ${await textOf(page.locator('.tabs-container'))}`,
      `notices: ${await textOf(page.locator('.notifications-toasts'))}`,
      `tests: ${await textOf(page.locator('.test-explorer'))}`,
      `webview: ${await textOf(webview.locator('body'))}`,
    ].join('\n');
  } catch (error) {
    // The test's own failure is what counts.
    return `cannot be told: ${(error as Error).message}`;
  }
}

async function textOf(place: Locator): Promise<string> {
  const parts: string[] = [];
  for (const element of await place.all()) parts.push(await element.innerText({ timeout: 5_000 }));
  const text = parts.join(' ; ').replace(/\s*\n\s*/g, ' / ');
  return text.length > most ? `${text.slice(0, most)} …` : text || 'nothing';
}
