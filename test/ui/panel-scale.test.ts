import assert from 'node:assert/strict';
import type { PanelRecord } from '../../src/panel/messages.ts';
import { panelRecord } from '../../src/panel/record.ts';
import { firstPaint, perBatch } from './panel/first-paint.ts';
import { panelPages, picture } from './panel/pages.ts';
import { folder, headOf, recordOf, summaryOf } from './panel/samples.ts';

/** Measured: 1.1 times; all 50 rows are in the page, and of 10,000 about 30. */
const mostTimes = 5;
/** Measured: 7 times what as many plain numbers take. */
const mostSorts = 40;

describe('the run report of a large run', function () {
  // Chromium opens a page in a second or in twenty, as busy as the machine is.
  this.timeout(240_000);
  const open = panelPages();

  it('shows the first rows of 10,000 before it looks at the others, and makes no more of them than are seen', async () => {
    const panel = await open();
    const { page } = panel;
    const first = await firstPaint(page, 10_000);
    assert.equal(first.known, perBatch);
    assert.ok(first.made > 10 && first.made < 60, `${first.made} rows made`);
    assert.equal(await page.getByRole('table', { name: 'Tests' }).getAttribute('aria-rowcount'), '10001');
    const made = await page.locator('tr[data-key]').count();
    assert.ok(made > 10 && made < 60, `${made} rows made`);
    // What failed stands first, wherever it was.
    assert.match((await page.locator('tr[data-key]').first().textContent())!, /Failed|Timed out/);
    await picture(panel, '10000');
  });

  it("asks for no locale's way of writing before its first rows: the first time takes a page as long as all of them", async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const asked: string[] = [];
      Object.assign(window, { asked });
      for (const [name, { prototype }] of Object.entries({ Number, Date }))
        for (const method of ['toLocaleString', 'toLocaleTimeString', 'toLocaleDateString']) {
          const genuine = (prototype as unknown as Record<string, unknown>)[method];
          if (typeof genuine !== 'function') continue;
          const noted = function (this: unknown, ...args: unknown[]): unknown {
            asked.push(`${name}.${method}`);
            return genuine.apply(this, args) as unknown;
          };
          Object.assign(prototype, { [method]: noted });
        }
    });
    await firstPaint(page, 10_000);
    assert.deepEqual(await page.evaluate(() => (window as unknown as { asked: string[] }).asked), []);
  });

  it('works little more for 10,000 rows than for 50', async () => {
    const { page } = await open();
    const least = new Map<number, number>();
    for (let round = 0; round < 4; round++)
      for (const size of [50, 10_000]) {
        const { cpuMs } = await firstPaint(page, size, `run-${size}-${round}`);
        least.set(size, Math.min(least.get(size) ?? Infinity, cpuMs));
      }
    const [few, many] = [least.get(50)!, least.get(10_000)!];
    assert.ok(many < few * mostTimes, `${many.toFixed(1)} ms of CPU for 10,000 rows, ${few.toFixed(1)} ms for 50`);
  });

  it('sorts, filters and scrolls 200,000 rows', async () => {
    const panel = await open();
    const { page } = panel;
    await panel.send({ type: 'run', run: headOf(200_000) });
    await page.evaluate(sendCopies, { template: panelRecord(recordOf(1), folder), count: 200_000 });
    await panel.send({ type: 'ended', summary: summaryOf(200_000) });
    await page.getByText('200,000 tests', { exact: true }).waitFor();
    const { sorted, numbers } = await page.evaluate(sortThrice);
    assert.ok(sorted < numbers * mostSorts, `${sorted} ms to sort 200,000 rows, ${numbers} ms for as many numbers`);
    await page.locator('th[aria-sort="descending"].col-duration').waitFor();
    await page.getByRole('searchbox').fill('copy 19999');
    await page.getByText('12 of 200,000 tests').first().waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.locator('tr[data-key] .title').first().focus();
    await page.keyboard.press('End');
    await page.locator('tr[aria-rowindex="200001"]').waitFor();
  });
});

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

/** Runs in the page: the panel's sort by a click and a plain sort take turns, and of each the quickest counts. */
function sortThrice(): { sorted: number; numbers: number } {
  const timed = (action: () => void) => {
    const began = performance.now();
    action();
    return performance.now() - began;
  };
  const header = document.querySelector<HTMLElement>('th.col-duration button')!;
  const [sorted, numbers]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round++) {
    sorted.push(timed(() => header.click()));
    const values = Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 5003);
    numbers.push(timed(() => values.sort((a, b) => a - b)));
  }
  return { sorted: Math.min(...sorted), numbers: Math.min(...numbers) };
}
