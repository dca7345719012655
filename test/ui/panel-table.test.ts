import assert from 'node:assert/strict';
import { failing, finished, records, rows, total } from './panel/ended-run.ts';
import { focused, panelPages, picture, titles } from './panel/pages.ts';
import { detailsOf, headOf, manyRows, summaryOf } from './panel/samples.ts';

describe('the table of the run report', function () {
  this.timeout(60_000);
  const open = panelPages();

  it('narrows the table by category and text, and says how many are left', async () => {
    const panel = await open();
    await panel.send(...finished);
    const toggle = panel.page.getByRole('button', { name: '1 Crashed' });
    await toggle.click();
    assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await titles(panel), ['are cropped']);
    assert.equal(await panel.page.getByRole('status').textContent(), `1 of ${total} tests`);

    const flaky = panel.page.getByRole('button', { name: '1 Flaky' });
    await flaky.click();
    assert.deepEqual(await titles(panel), ['are cropped', 'answers within a second']);
    assert.equal(await panel.page.locator('tr[data-key] .leak').textContent(), 'tried 3 times');
    await flaky.click();

    await panel.page.getByRole('button', { name: '1 Left processes' }).click();
    assert.deepEqual(await titles(panel), ['are cropped', 'listens']);
    await panel.page.getByRole('searchbox').fill('server');
    await panel.page.getByText(`1 of ${total} tests`).first().waitFor();
    assert.deepEqual(await titles(panel), ['listens']);
    await panel.page.getByRole('searchbox').fill('no such test');
    await panel.page.getByRole('heading', { name: 'No test matches the filter' }).waitFor();
    await panel.page.getByRole('button', { name: 'Clear filter' }).first().click();
    assert.equal((await titles(panel)).length, total);
  });

  it('narrows the table by a click on the bar, as the toggles do', async () => {
    const panel = await open();
    const { page } = panel;
    await panel.send(...finished);
    const part = page.locator('.bar [data-kind="crashed"]');
    await part.click();
    assert.deepEqual(await titles(panel), ['are cropped']);
    const toggle = page.getByRole('button', { name: '1 Crashed' });
    assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await page.locator('.bar .chosen').evaluateAll(all => all.map(each => each.dataset['kind'])), [
      'crashed',
    ]);
    await picture(panel, 'bar');
    await page.locator('.bar [data-kind="crashed"]').click();
    assert.equal((await titles(panel)).length, total);
    assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
  });

  it('sorts by how often a test was tried, which is not at all for one that never began', async () => {
    const panel = await open();
    const { page } = panel;
    await panel.send(...finished);
    await page.getByRole('columnheader', { name: 'Attempts' }).getByRole('button').click();
    const attempts = await page.locator('td.col-attempts').allTextContents();
    assert.deepEqual([attempts[0], ...attempts.slice(-3)], ['3', '0', '0', '0']);
    assert.deepEqual((await titles(panel))[0], 'answers within a second');
  });

  it('is worked by keyboard alone', async () => {
    const panel = await open();
    const { page } = panel;
    await panel.send({ type: 'run', run: headOf(2000) }, { type: 'records', records: manyRows(2000) });
    await panel.send({ type: 'ended', summary: summaryOf(2000) });
    await page.getByText('2,000 tests').waitFor();
    const header = page.getByRole('columnheader', { name: 'Duration' });
    await header.getByRole('button').press('Enter');
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    await header.getByRole('button').press('Enter');
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');

    await page.getByRole('columnheader', { name: 'Cage' }).getByRole('button').focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(panel), 'handles case 0 of the matrix');
    await page.keyboard.press('End');
    const last = page.locator('tr[aria-rowindex="2001"]');
    assert.equal(await last.locator('.title').evaluate(title => title === document.activeElement), true);
    assert.equal(await last.isVisible(), true);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const row = page.locator('tr[aria-rowindex="2000"]');
    assert.equal(await row.locator('.title').getAttribute('aria-expanded'), 'true');
    assert.equal(await page.getByRole('complementary').isVisible(), true);
    const title = await row.locator('.title').textContent();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('complementary').isVisible(), false);
    assert.equal(await focused(panel), title);
  });

  it('keeps the focus on a row that is scrolled away', async () => {
    const panel = await open();
    await panel.send({ type: 'run', run: headOf(2000) }, { type: 'records', records: manyRows(2000) });
    await panel.page.locator('tr[data-key] .title').first().focus();
    await panel.page.keyboard.press('ArrowDown');
    const before = await focused(panel);
    await panel.page.locator('.viewport').evaluate(viewport => (viewport.scrollTop = 40_000));
    await panel.page.locator('tr[aria-rowindex="915"]').waitFor();
    assert.equal(await focused(panel), before);
  });

  it('sends nothing but keys when the buttons of a test are pressed', async () => {
    const panel = await open();
    await panel.send(...finished);
    const { key } = rows[1]!;
    await panel.page.getByRole('button', { name: /adds the tax/ }).click();
    await panel.page.waitForFunction(() => window.sentToHost.length === 2);
    await panel.send(detailsOf(records[1]!));
    for (const name of [
      'Reveal test',
      'Run again',
      'cart.test.ts:42',
      'Open full output',
      'Copy details',
      `Run failed again (${failing})`,
      'Export…',
    ])
      await panel.page.getByRole('button', { name }).click();
    const [ready, asked, reveal, rerun, openMessage, openOutput, copy, failed, exported] = await panel.sent();
    assert.deepEqual(ready, { type: 'ready' });
    assert.deepEqual(asked, { type: 'details', key });
    assert.deepEqual(reveal, { type: 'reveal', key });
    assert.deepEqual(rerun, { type: 'rerun', keys: [key] });
    assert.deepEqual(openMessage, { type: 'openMessage', key, message: 0 });
    assert.deepEqual(openOutput, { type: 'openOutput', key });
    assert.deepEqual(copy, { type: 'copy', key });
    assert.ok(failed?.type === 'rerun' && failed.keys.length === failing);
    assert.deepEqual(exported, { type: 'export' });
  });

  it('comes back from a reload as it was left', async () => {
    const panel = await open();
    await panel.send(...finished);
    await panel.page.getByRole('columnheader', { name: 'Duration' }).getByRole('button').click();
    await panel.page.getByRole('searchbox').fill('cart');
    await panel.page.getByText(`${total} of ${total} tests`).first().waitFor();
    await panel.page.getByRole('button', { name: /adds the tax/ }).click();
    const state = await panel.page.evaluate(() => window.savedState);
    await panel.close();

    const again = await open({ state, replies: finished });
    await again.page.getByRole('complementary', { name: /Details of adds the tax/ }).waitFor();
    assert.equal(await again.page.getByRole('searchbox').inputValue(), 'cart');
    assert.equal(
      await again.page.getByRole('columnheader', { name: 'Duration' }).getAttribute('aria-sort'),
      'descending',
    );
    await again.page.waitForFunction(() => window.sentToHost.some(message => message.type === 'details'));

    await again.send({ type: 'run', run: headOf(1, { run: 'run-2' }) }, { type: 'records', records: rows.slice(0, 1) });
    await again.page.getByText('1 test', { exact: true }).waitFor();
    assert.equal(await again.page.getByRole('complementary').isVisible(), false);
    assert.equal(await again.page.getByRole('searchbox').inputValue(), '');
  });
});
