import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../bed/browser.ts';
import { artifacts } from '../../bed/places.ts';
import { type Bundle, bundlePanel, openPanel, type Panel, type PanelOptions } from './harness.ts';

/** A browser for the tests of one suite. The page that a test opened last is closed after it, and had no fault. */
export function panelPages(): (options?: PanelOptions) => Promise<Panel> {
  let browser: Browser;
  let bundle: Bundle;
  let panel: Panel | undefined;

  before(async function () {
    // The first use on a machine may have to unpack a browser.
    this.timeout(300_000);
    [browser, bundle] = await Promise.all([launchBrowser(), bundlePanel()]);
    mkdirSync(path.join(artifacts, 'panel'), { recursive: true });
  });

  after(() => browser?.close());

  afterEach(async () => {
    const faults = panel?.faults ?? [];
    await panel?.close();
    panel = undefined;
    assert.deepEqual(faults, []);
  });

  return async (options = {}) => (panel = await openPanel(browser, bundle, options));
}

export const picture = ({ page }: Panel, name: string) =>
  page.screenshot({ path: path.join(artifacts, 'panel', `${name}.png`) });

export const titles = ({ page }: Panel) => page.locator('tr[data-key] .title').allTextContents();

export const focused = ({ page }: Panel) => page.evaluate(() => document.activeElement?.textContent);
