import assert from 'node:assert/strict';
import { panelRecord } from '../../src/panel/record.ts';
import { finished, records, rows, total } from './panel/ended-run.ts';
import { type ThemeName, themes } from './panel/harness.ts';
import { panelPages, picture, titles } from './panel/pages.ts';
import { detailsOf, folder, headOf, pastOf, recordOf } from './panel/samples.ts';

describe('the details of a test in the run report', function () {
  this.timeout(60_000);
  const open = panelPages();

  for (const theme of Object.keys(themes) as ThemeName[])
    it(`shows every verdict and the details of a test in ${theme}`, async () => {
      const panel = await open({ theme });
      await panel.send(...finished);
      await panel.page.getByText(`${total} tests`).waitFor();
      await picture(panel, theme);
      assert.equal(await panel.page.locator('tr[data-key]').count(), total);
      assert.deepEqual((await titles(panel)).slice(-1), ['starts empty']);

      await panel.page.getByRole('button', { name: /adds the tax/ }).click();
      await panel.send(detailsOf(records[1]!));
      await panel.page.locator('details.cage > summary').click();
      const details = panel.page.getByRole('complementary', { name: /Details of adds the tax/ });
      await details.getByText('AssertionError: expected totals to be equal').waitFor();
      assert.deepEqual(await details.locator('.badge').allTextContents(), [
        'Memory cap: enforced.',
        'Process limit: not available here.',
        'Clean-up: enforced.',
        'Peak memory: watched, may miss a short one.',
        'CPU time: enforced.',
      ]);
      await details.getByText('Not available here, because no cgroup v1 pids hierarchy is mounted').waitFor();
      assert.deepEqual(await details.locator('mark').allTextContents(), ['19', '119', '18.99', '118.99']);
      const colorOf = (text: string) =>
        details
          .locator('.output')
          .getByText(text, { exact: true })
          .evaluate(part => getComputedStyle(part).color);
      assert.notEqual(await colorOf('ok'), await colorOf('warning'));
      await picture(panel, `${theme}-details`);

      const { page } = panel;
      const hog = records.findIndex(({ verdict }) => verdict.kind === 'out-of-memory');
      await page.getByRole('button', { name: /whole price list/ }).click();
      await panel.send(detailsOf(records[hog]!));
      const memory = page.getByRole('img', { name: 'Memory over 3.75 s: at most 512 MiB, limit 512 MiB' });
      await memory.scrollIntoViewIfNeeded();
      assert.equal(await memory.locator('.limit').count(), 1);
      assert.equal(await page.getByRole('img', { name: /^CPU over .*: at most 100 %$/ }).count(), 1);
      assert.equal(
        await page
          .getByRole('img', { name: /^Processes over .*, limit 256$/ })
          .locator('.limit')
          .count(),
        0,
      );
      await page.getByText('As a table').press('Enter');
      const numbers = page.getByRole('table', { name: 'Used over time' });
      assert.deepEqual(await numbers.getByRole('row').nth(4).getByRole('cell').allTextContents(), [
        '130 MiB',
        '72 %',
        '4',
      ]);
      await picture(panel, `${theme}-timeline`);

      const past = pastOf();
      await panel.send({ type: 'history', key: rows[0]!.key, past }, { type: 'history', key: rows[hog]!.key, past });
      const durations = page.getByRole('img', { name: 'Duration of the last 5 runs, at most 3.18 s' });
      await durations.scrollIntoViewIfNeeded();
      const kinds = await durations.locator('rect').evaluateAll(bars => bars.map(bar => bar.getAttribute('data-kind')));
      assert.deepEqual(kinds, ['passed', 'passed', 'skipped', 'passed', 'out-of-memory']);
      await page.getByText('As a table').last().press('Enter');
      const runs = page.getByRole('table', { name: 'Past runs of this test' });
      assert.deepEqual(await runs.getByRole('row').nth(1).getByRole('cell').allTextContents(), [
        'Out of memory',
        '3.18 s',
        '512 MiB',
      ]);
      await picture(panel, `${theme}-history`);
    });

  it('claims nothing for a test that ran in another cage than the one the run tells of', async () => {
    const panel = await open();
    const [run] = finished;
    await panel.send(run!, { type: 'records', records: [{ ...rows[1]!, cage: 'subreaper' }] });
    await panel.page.getByRole('button', { name: /adds the tax/ }).click();
    await panel.send(detailsOf(records[1]!));
    const details = panel.page.getByRole('complementary', { name: /Details of adds the tax/ });
    await details.getByText('What this cage was worth was not kept').waitFor();
    assert.equal(await details.locator('.badge').count(), 0);
  });

  it('shows the processes of a test as a tree, those that it left in it too, and what it read and wrote', async () => {
    const panel = await open({ theme: 'light' });
    const { page } = panel;
    await panel.send(...finished);
    const record = records.at(-1)!;
    assert.equal(
      await page.locator(`tr[data-key="${record.test.key}"] .col-storage`).textContent(),
      '≤ at most 15 MiB',
    );
    await page.getByRole('button', { name: /listens/ }).click();
    await panel.send(detailsOf(record));
    const details = page.getByRole('complementary');
    const tree = details.locator('.tree').first();
    await tree.scrollIntoViewIfNeeded();
    const depth = async (name: string) => tree.locator('li', { hasText: name }).count();
    assert.deepEqual(
      [await depth('node mocha'), await depth('node server.js'), await depth('sleep')],
      [1, 3, 4],
      'each is inside the one that started it',
    );
    assert.equal(await tree.locator('li', { hasText: /^sleep 48230 · left behind$/ }).count(), 1);
    await details
      .getByRole('cell', { name: 'listening on tcp 127.0.0.1:3000, started by node server.js ← sh' })
      .waitFor();
    const written = details.getByRole('row', { name: /^Written to storage/ });
    assert.deepEqual(await written.getByRole('cell').allTextContents(), ['12 MiB', '']);
    await picture(panel, 'processes');
  });

  it('takes what a test says for text, whatever it looks like', async () => {
    const panel = await open();
    const markup = '<img src="/x" onerror="document.title=1"><script>document.title=2</script>';
    const record = recordOf(1, {
      titlePath: [markup, markup],
      messages: [{ text: markup, expected: markup, actual: 'x', stack: markup }],
      why: [markup],
      output: { text: markup, droppedBytes: 1 },
    });
    const row = panelRecord(record, folder);
    await panel.send({ type: 'run', run: headOf(1, { title: markup }) }, { type: 'records', records: [row] });
    await panel.page.locator('tr[data-key] .title').click();
    await panel.send(detailsOf(record));
    await panel.page.locator('.output').waitFor();
    assert.equal(await panel.page.locator('img').count(), 0);
    assert.equal(await panel.page.locator('script').count(), 0);
    assert.equal(await panel.page.title(), 'Bulkhead: run report');
    assert.equal(await panel.page.locator('.output').textContent(), markup);
  });
});
