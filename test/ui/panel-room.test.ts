import assert from 'node:assert/strict';
import { finished, records } from './panel/ended-run.ts';
import type { Panel } from './panel/harness.ts';
import { panelPages, picture } from './panel/pages.ts';
import { detailsOf, headOf } from './panel/samples.ts';

describe('the run report in little room and without motion', function () {
  this.timeout(60_000);
  const open = panelPages();

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
