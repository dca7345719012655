import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { ToPanel } from '../../src/panel/messages.ts';
import { changes } from '../../src/protocol/history.ts';
import { panelRecord } from '../../src/panel/record.ts';
import { type Panel, type ThemeName, themes } from './panel/harness.ts';
import { panelPages } from './panel/pages.ts';
import { detailsOf, everyVerdict, folder, headOf, summaryOf } from './panel/samples.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const records = everyVerdict();
const rows = records.map(record => panelRecord(record, folder));
const finished: readonly ToPanel[] = [
  { type: 'run', run: headOf(rows.length) },
  { type: 'records', records: rows },
  { type: 'ended', summary: summaryOf(rows.length) },
];

describe('what axe says of the run report', function () {
  this.timeout(240_000);
  const open = panelPages();

  it('is heard at all', async () => {
    const panel = await open();
    const { page } = panel;
    await page.evaluate(() => {
      const text = Object.assign(document.createElement('p'), { textContent: 'hardly to be read' });
      // Styles in markup are what the policy of the page refuses.
      Object.assign(text.style, { position: 'fixed', top: '0', left: '0', color: '#888', background: '#777' });
      document.body.append(document.createElement('button'), text);
    });
    const heard = (await complaints(panel)).join('\n');
    assert.match(heard, /^button-name: /m);
    assert.match(heard, /^color-contrast: .*hardly to be read/m);
  });

  for (const theme of Object.keys(themes) as ThemeName[])
    it(`is nothing serious in ${theme}`, async () => {
      const panel = await open({ theme });
      const { page } = panel;
      const found = new Set<string>();
      const look = async (state: string) => {
        for (const complaint of await complaints(panel)) found.add(`${state}: ${complaint}`);
      };
      await panel.send({ type: 'empty' });
      await page.getByRole('heading', { name: 'No run yet' }).waitFor();
      await look('no run');

      await panel.send({ type: 'run', run: headOf(420) }, { type: 'records', records: rows });
      await panel.send({ type: 'live', live: { memoryBytes: 2 ** 30, processes: 14, cages: 4, running: 4 } });
      await page
        .getByText(/^Running: /)
        .first()
        .waitFor();
      await look('running');

      await panel.send(...finished);
      const changed = changes.map((change, i) => ({ ...rows[i]!, changes: [change] }));
      await panel.send({ type: 'records', records: changed });
      await page.getByRole('button', { name: '1 Newly failed' }).waitFor();
      const tests = [{ title: 'Old › is forgotten', file: 'test/old.test.ts' }];
      await panel.send({ type: 'gone', gone: { total: 1, tests } });
      await page.getByText('1 test of the run before is gone').click();
      await look('compared');
      await page.getByRole('button', { name: '1 Crashed' }).click();
      await look('filtered');
      await page.getByRole('button', { name: '1 Crashed' }).click();
      // The one with a difference, a chart and a cage.
      const { key } = rows[1]!;
      await page.locator(`tr[data-key="${key}"] .title`).click();
      await panel.send(detailsOf(records[1]!));
      await page.locator('details.cage > summary').click();
      await look('details');
      await page.keyboard.press('Escape');
      await page.getByRole('searchbox').fill('no such test');
      await page.getByRole('heading', { name: 'No test matches the filter' }).waitFor();
      await look('nothing matches');

      await panel.send({ type: 'run', run: headOf(12, { run: 'another' }) });
      await panel.send({ type: 'lost', because: 'The warden ended with code 1.' });
      await page
        .getByText(/The warden ended with code 1/)
        .first()
        .waitFor();
      await look('lost');

      assert.deepEqual([...found], []);
    });

  /** Serious and critical ones, with the place that they are about. */
  async function complaints({ page }: Panel): Promise<string[]> {
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        resultTypes: ['violations'],
      }),
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)}: ${any.map(({ message }) => message).join('; ')}`),
      );
  }
});
