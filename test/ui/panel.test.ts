import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import type { Change } from '../../src/protocol/history.ts';
import type { ToPanel } from '../../src/panel/messages.ts';
import { panelRecord } from '../../src/panel/record.ts';
import { courseOf, panelCourse } from '../../src/panel/spans.ts';
import { isFailure, type TestRecord } from '../../src/protocol/verdict.ts';
import { launchBrowser } from '../bed/browser.ts';
import { artifacts } from '../bed/places.ts';
import {
  type Bundle,
  bundlePanel,
  openPanel,
  type Panel,
  type PanelOptions,
  type ThemeName,
  themes,
} from './panel/harness.ts';
import { detailsOf, everyVerdict, folder, headOf, manyRows, pastOf, recordOf, summaryOf } from './panel/samples.ts';

const records = everyVerdict();
const rows = records.map(record => panelRecord(record, folder));
const total = rows.length;
const failing = records.filter(record => isFailure(record.verdict.kind)).length;
const unbegun = records.filter(({ verdict }) => ['skipped', 'cancelled', 'not-run'].includes(verdict.kind)).length;
const finished: ToPanel[] = [
  { type: 'run', run: headOf(rows.length) },
  { type: 'records', records: rows },
  { type: 'ended', summary: summaryOf(rows.length) },
];

const changesOf: Readonly<Record<number, readonly Change[]>> = {
  0: ['fixed'],
  1: ['newly-failed'],
  4: ['newly-failed'],
  [rows.findIndex(({ kind }) => kind === 'unexpected-pass')]: ['new'],
  [rows.findIndex(({ leaked }) => leaked > 0)]: ['slower', 'more-memory'],
};

describe('the run report in a browser', function () {
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
  const picture = ({ page }: Panel, name: string) =>
    page.screenshot({ path: path.join(artifacts, 'panel', `${name}.png`) });
  const titles = ({ page }: Panel) => page.locator('tr[data-key] .title').allTextContents();
  const focused = ({ page }: Panel) => page.evaluate(() => document.activeElement?.textContent);

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

  it('stands still for those who want less motion', async () => {
    const panel = await open({ context: { reducedMotion: 'reduce' } });
    await panel.send({ type: 'run', run: headOf(3) });
    assert.equal(
      await panel.page.locator('.icon-running').evaluate(icon => getComputedStyle(icon).animationName),
      'none',
    );
  });

  it('fits a narrow column', async () => {
    const panel = await open({ context: { viewport: { width: 420, height: 760 } } });
    await panel.send(...finished);
    await panel.page.getByRole('button', { name: /listens/ }).click();
    await panel.send(detailsOf(records.at(-1)!));
    await picture(panel, 'narrow');
    assert.equal(await panel.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });

  it('cuts off no control in a column of 320 pixels', async () => {
    const panel = await open({ context: { viewport: { width: 320, height: 800 } } });
    const { page } = panel;
    const tests = [{ title: 'Old › is forgotten', file: 'test/old.test.ts' }];
    await panel.send(...finished, { type: 'gone', gone: { total: 1, tests } });
    await page.getByRole('searchbox').fill('e');
    await page.getByRole('button', { name: 'Clear filter' }).waitFor();
    await picture(panel, 'narrowest');
    assert.deepEqual(await cutOff(panel), []);
    await page.getByRole('button', { name: /adds the tax/ }).click();
    await panel.send(detailsOf(records[1]!));
    await page.getByRole('button', { name: 'Copy details' }).waitFor();
    await picture(panel, 'narrowest-details');
    assert.deepEqual(await cutOff(panel), []);
  });

  /** Controls of which a part is beyond the edge of the page, or of what they are in. */
  function cutOff({ page }: Panel): Promise<string[]> {
    return page.evaluate(() => {
      const wide = document.documentElement.scrollWidth > innerWidth ? ['the page is wider than its window'] : [];
      const controls = [...document.querySelectorAll('button:not(.title), input, summary')];
      const cut = controls.filter(each => {
        const { left, right, width } = each.getBoundingClientRect();
        return width > 0 && (left < 0 || right > innerWidth || each.scrollWidth > each.clientWidth + 1);
      });
      return [...wide, ...cut.map(each => each.textContent || each.tagName)];
    });
  }
});
