import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import type { PanelRecord, ToPanel } from '../../src/panel/messages.ts';
import { panelRecord } from '../../src/panel/record.ts';
import { launchBrowser } from '../bed/browser.ts';
import { artifacts } from '../bed/places.ts';
import { type Bundle, bundlePanel, openPanel, type Panel, type PanelOptions } from './panel/harness.ts';
import { folder, headOf, manyRows, recordOf, summaryOf } from './panel/samples.ts';

describe('the run report of a large run', function () {
  this.timeout(60_000);
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

  const open = async (options: PanelOptions = {}) => (panel = await openPanel(browser, bundle, options));

  it('paints the first rows of 10,000 within 200 ms', async () => {
    const all = manyRows(10_000);
    const replies: ToPanel[] = [{ type: 'run', run: headOf(10_000) }];
    for (let from = 0; from < all.length; from += 1000)
      replies.push({ type: 'records', records: all.slice(from, from + 1000) });
    const times: number[] = [];
    // The machine may be busy with something else in one of the rounds, hardly in all of them.
    for (let round = 0; round < 3 || (round < 20 && Math.min(...times) > 200); round++) {
      const panel = await open({ replies });
      times.push(await panel.page.evaluate(firstPaint));
      assert.ok((await panel.page.locator('tr[data-key]').count()) < 60);
      assert.equal(await panel.page.getByRole('table', { name: 'Tests' }).getAttribute('aria-rowcount'), '10001');
      if (round === 0) await panel.page.screenshot({ path: path.join(artifacts, 'panel', '10000.png') });
      await panel.close();
    }
    assert.ok(Math.min(...times) <= 200, `${times.map(Math.round).join(', ')} ms`);
  });

  it('sorts, filters and scrolls 200,000 rows', async () => {
    const panel = await open();
    const { page } = panel;
    await panel.send({ type: 'run', run: headOf(200_000) });
    await page.evaluate(sendCopies, { template: panelRecord(recordOf(1), folder), count: 200_000 });
    await panel.send({ type: 'ended', summary: summaryOf(200_000) });
    await page.getByText('200,000 tests', { exact: true }).waitFor();
    const took = async (action: () => Promise<unknown>) => {
      const start = performance.now();
      await action();
      return performance.now() - start;
    };
    const sorted = await took(() => page.getByRole('columnheader', { name: 'Duration' }).getByRole('button').click());
    await page.getByRole('searchbox').fill('copy 19999');
    const found = await took(() => page.getByText('12 of 200,000 tests').first().waitFor());
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.locator('tr[data-key] .title').first().focus();
    await page.keyboard.press('End');
    await page.locator('tr[aria-rowindex="200001"]').waitFor();
    assert.ok(sorted < 2000 && found < 2000, `sorted in ${Math.round(sorted)} ms, found in ${Math.round(found)} ms`);
  });
});

/** Runs in the page: from the first line of the panel's script to the frame after its first rows. */
async function firstPaint(): Promise<number> {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  while (performance.getEntriesByName('first-rows').length === 0) await frame();
  return (
    performance.getEntriesByName('first-rows')[0]!.startTime - performance.getEntriesByName('script')[0]!.startTime
  );
}

/** Runs in the page: to bring 200,000 rows there one by one would take longer than to show them. */
function sendCopies({ template, count }: { template: PanelRecord; count: number }): void {
  for (let from = 0; from < count; from += 1000) {
    const records = Array.from({ length: 1000 }, (_, i) => ({
      ...template,
      key: `copy-${from + i}`,
      title: `copy ${from + i}`,
      durationMs: ((from + i) * 7919) % 5000,
    }));
    window.dispatchEvent(new MessageEvent('message', { data: { type: 'records', records } }));
  }
}
