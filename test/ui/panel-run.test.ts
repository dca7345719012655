import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { Change } from '../../src/protocol/history.ts';
import type { ToPanel } from '../../src/panel/messages.ts';
import { panelRecord } from '../../src/panel/record.ts';
import { courseOf, panelCourse } from '../../src/panel/spans.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { artifacts } from '../bed/places.ts';
import { failing, finished, records, rows, total, unbegun } from './panel/ended-run.ts';
import { type ThemeName, themes } from './panel/harness.ts';
import { panelPages, picture, titles } from './panel/pages.ts';
import { folder, headOf, summaryOf } from './panel/samples.ts';

const changesOf: Readonly<Record<number, readonly Change[]>> = {
  0: ['fixed'],
  1: ['newly-failed'],
  4: ['newly-failed'],
  [rows.findIndex(({ kind }) => kind === 'unexpected-pass')]: ['new'],
  [rows.findIndex(({ leaked }) => leaked > 0)]: ['slower', 'more-memory'],
};

describe('the run report of a whole run', function () {
  this.timeout(60_000);
  const open = panelPages();

  it('shows a run as it goes on, and can stop it', async () => {
    const panel = await open({ theme: 'dark' });
    const live = { memoryBytes: 1.2 * 1024 ** 3, processes: 14, cages: 4, running: 4 };
    await panel.send({ type: 'run', run: headOf(412, { cage: null }) });
    await panel.page.getByText('Waiting for the first verdict…').waitFor();
    await panel.send({ type: 'records', records: rows }, { type: 'live', live }, { type: 'run', run: headOf(420) });
    await panel.page.getByText(`Running: ${total} of 420, ${failing} failed`).waitFor();
    const facts = await panel.page.locator('.facts').innerText();
    assert.match(facts.replaceAll('\n', ' '), /Memory 1.2 GiB Cages 4 Processes 14/);
    assert.equal(await panel.page.locator('details.cage').count(), 1);
    await picture(panel, 'running');
    await panel.page.getByRole('button', { name: 'Stop' }).click();
    assert.deepEqual((await panel.sent()).at(-1), { type: 'stop' });
    await panel.send({ type: 'ended', summary: summaryOf(420, { cancelled: true }) });
    await panel.page
      .locator('.phase')
      .getByText(`Stopped after ${total - unbegun} tests of 420, ${failing} failed`)
      .waitFor();
    assert.equal(await panel.page.getByRole('button', { name: 'Stop' }).isVisible(), false);
    await panel.page.getByText(`${420 - total} planned tests have no verdict in this report.`).waitFor();
  });

  it('says why there is nothing to see', async () => {
    const panel = await open({ theme: 'light' });
    await panel.send({ type: 'empty' });
    await panel.page.getByRole('heading', { name: 'No run yet' }).waitFor();
    await picture(panel, 'empty');
    await panel.page.getByRole('button', { name: 'Run all tests' }).click();
    assert.deepEqual((await panel.sent()).at(-1), { type: 'runAll' });

    const problem = {
      severity: 'warning',
      file: 'bulkhead.config.json',
      line: 3,
      message: '"files" matches no file.',
    } as const;
    await panel.send(
      { type: 'run', run: headOf(0) },
      { type: 'ended', summary: summaryOf(0, { problems: [problem] }) },
    );
    await panel.page.getByRole('heading', { name: 'No tests in this run' }).waitFor();
    await panel.page.getByText('Warning: bulkhead.config.json:3: "files" matches no file.').waitFor();

    await panel.send(
      { type: 'run', run: headOf(12, { run: 'run-2' }) },
      { type: 'records', records: rows.slice(0, 5) },
    );
    await panel.send({ type: 'lost', because: 'The warden ended with code 1.' });
    await panel.page.locator('.phase').getByText('Connection lost after 5 of 12').waitFor();
    await panel.page.getByText(/The warden ended with code 1/).waitFor();
    assert.equal((await titles(panel)).length, 5);
    await picture(panel, 'lost');
  });

  it('shows what ran beside what, and how much of the memory budget that took', async function () {
    this.timeout(180_000);
    const at = (start: number, of: TestRecord) => ({ ...panelRecord(of, folder), startedAt: of.startedAt! + start });
    const ran = records.flatMap((record, i) =>
      record.startedAt === null ? [] : [at(Math.floor(i / 3) * 1300, record)],
    );
    const course = panelCourse(courseOf(ran));
    const ended: ToPanel = { type: 'ended', summary: summaryOf(total, { memoryBudgetBytes: 3 * 1024 ** 3 }) };
    for (const theme of ['light', 'dark', 'high-contrast'] as const) {
      const panel = await open({ theme });
      const { page } = panel;
      await panel.send(...finished.slice(0, 2), ended);
      await page.getByText(`${total} tests`).waitFor();
      assert.equal(
        (await panel.sent()).some(({ type }) => type === 'course'),
        false,
      );
      await page.getByText('Timeline').press('Enter');
      await page.waitForFunction(() => window.sentToHost.some(({ type }) => type === 'course'));
      await panel.send({ type: 'course', course });
      const tests = page.getByRole('img', {
        name: /^Tests over time: 15 tests in 31.3 s, at most 5 at once, 9 failed$/,
      });
      await tests.waitFor();
      const memory = page.getByRole('img', { name: /^Memory over 31.3 s: .*, caps 2.5 GiB, budget 3 GiB$/ });
      assert.equal(await memory.locator('.limit').count(), 1);
      await page.screenshot({ path: path.join(artifacts, 'panel', `${theme}-run-timeline.png`) });
      await page.getByText('As a table').press('Enter');
      const rows = page.getByRole('table', { name: 'What ran when' }).getByRole('row');
      assert.equal(await rows.count(), 21);
      const box = (await tests.boundingBox())!;
      await tests.click({ position: { x: 2, y: box.height - 3 } });
      assert.deepEqual((await panel.sent()).at(-1)?.type, 'at');
      if (theme !== 'high-contrast') await panel.close();
    }
  });

  it('names the tests that are gone since the run before, until another run begins', async () => {
    const panel = await open();
    const { page } = panel;
    const tests = [
      { title: 'Cart › keeps <b>vouchers</b>', file: 'test/cart.test.ts' },
      { title: 'Old › is forgotten', file: 'test/old.test.ts' },
    ];
    await panel.send(...finished, { type: 'gone', gone: { total: 5, tests } });
    await page.getByText('5 tests of the run before are gone').click();
    assert.deepEqual(await page.locator('.gone li').allTextContents(), [
      'Cart › keeps <b>vouchers</b> test/cart.test.ts',
      'Old › is forgotten test/old.test.ts',
    ]);
    await page.getByText('and 3 more tests').waitFor();
    await picture(panel, 'gone');
    await panel.send({ type: 'run', run: headOf(3, { run: 'run-2' }) });
    await page.getByText('Waiting for the first verdict…').waitFor();
    assert.equal(await page.locator('.gone details').count(), 0);
  });

  for (const theme of Object.keys(themes) as ThemeName[])
    it(`tells what changed since the run before, in ${theme}`, async () => {
      const panel = await open({ theme });
      const { page } = panel;
      await panel.send(...finished);
      const changed = rows.map((row, i) => ({ ...row, changes: changesOf[i] ?? [] }));
      await panel.send({ type: 'records', records: changed.filter(({ changes }) => changes.length > 0) });
      const toggle = (name: RegExp) => page.getByRole('button', { name });
      await toggle(/^2 Newly failed$/).waitFor();
      assert.equal(await page.locator('tr[data-key]').count(), total);
      await picture(panel, `comparison-${theme}`);
      await toggle(/^1 More memory$/).waitFor();
      await toggle(/^2 Newly failed$/).click();
      await page.getByText(`2 of ${total} tests`, { exact: true }).first().waitFor();
      assert.deepEqual(await page.locator('tr[data-key] .leak').allTextContents(), ['newly failed', 'newly failed']);
      await toggle(/^1 New$/).click();
      await page.getByText(`3 of ${total} tests`, { exact: true }).first().waitFor();
    });
});
