import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Theme, themes } from '../bed/settings.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

describe('status bar, palette and report', function () {
  this.timeout(240_000);
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    window = await openWindow({ folder: workspace.folder, settings: { 'bulkhead.timeout': '5s' } });
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  it('starts nothing before it is asked to', async () => {
    const status = window.workbench.statusBarItem('status');
    await status.waitFor();
    assert.match(await status.innerText(), /Bulkhead/);
    const pid = await window.bridge.evaluate(
      ({ extension }) => (extension as Extension).connection.client?.pid ?? null,
    );
    assert.equal(pid, null);
  });

  it('offers its commands under its own name', async () => {
    const { page } = window.workbench;
    await page.keyboard.press('F1');
    const words = page.locator('.quick-input-widget .quick-input-filter input');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    // Each is asked for by its name: the list draws only the rows that fit into it.
    for (const title of ['Run All Tests', 'Stop and Reap Everything', 'Show Run Report', 'Show Log']) {
      await words.fill(`>Bulkhead: ${title}`);
      await rows.filter({ hasText: `Bulkhead: ${title}` }).waitFor();
    }
    await words.fill('>Bulkhead: Run ');
    await rows.filter({ hasText: 'Bulkhead: Run All Tests' }).waitFor();
    assert.equal(
      await rows.filter({ hasText: 'Bulkhead: Run Failed Tests Again' }).count(),
      0,
      'nothing has failed yet',
    );
    await words.fill('>Bulkhead: ');
    await rows.filter({ hasText: 'Bulkhead: ' }).first().waitFor();
    await window.workbench.screenshot('status/1-palette');
    await page.keyboard.press('Escape');
  });

  it('shows the progress of a run, then its result', async () => {
    const { workbench } = window;
    const status = workbench.statusBarItem('status');
    await workbench.command('Bulkhead: Run All Tests');
    await status.filter({ hasText: /\d+\/\d+ · .+ · \d+ procs?/ }).waitFor();
    await workbench.screenshot('status/2-running');
    await status.filter({ hasText: /\d+ failed of \d+/ }).waitFor({ timeout: 60_000 });
    // The status bar may be told first.
    await window.bridge.until(host => host.runs()[0]?.ended);
    assert.match((await status.getByRole('button').getAttribute('aria-label')) ?? '', /of \d+ tests failed/);
  });

  it('opens the report by a click, with the same tests, in every theme', async () => {
    const { workbench } = window;
    await workbench.statusBarItem('status').locator('a').click();
    const report = workbench.webview();
    await report.getByText('takes too much memory').first().waitFor();
    await report
      .getByText(/Out of memory/)
      .first()
      .waitFor();
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.theme(theme);
      await workbench.screenshot(`report/1-all ${theme}`);
    }
  });

  it('shows the details of a test that is chosen in the report', async () => {
    const report = window.workbench.webview();
    await report.getByText('leaves a process behind').first().click();
    await report
      .getByText(/sleep 60/)
      .first()
      .waitFor();
    await window.workbench.screenshot('report/2-details');
  });

  it('brings the report back after a reload, empty and saying so', async () => {
    const { workbench } = window;
    await workbench.command('Developer: Reload Window');
    // A window that is loaded again starts a whole extension host.
    await workbench.webview().getByText('No run yet').waitFor({ timeout: 180_000 });
    await window.workbench.screenshot('report/3-after-reload');
  });

  it('says what is wrong with the configuration and opens it', async () => {
    const { workbench } = window;
    const file = path.join(workspace.folder, 'bulkhead.config.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"128 MiB"', '"lots"'));
    await workbench.openTestExplorer();
    const toast = workbench.toast('bulkhead.config.json').filter({ hasText: 'lots' });
    await toast.waitFor();
    await workbench.screenshot('status/3-configuration');
    await toast.getByRole('button', { name: 'Open' }).click();
    await workbench.page.locator('.tab.active', { hasText: 'bulkhead.config.json' }).waitFor();
    await workbench.page.locator('.squiggly-error').first().waitFor();
  });

  it('says what is wrong in the settings', async () => {
    const { workbench } = window;
    await workbench.configure({ 'bulkhead.memory': 'plenty' });
    await workbench.toast('bulkhead.memory').filter({ hasText: 'plenty' }).waitFor();
    await workbench.configure({ 'bulkhead.memory': '' });
  });

  it('shows its log', async () => {
    const { workbench } = window;
    await workbench.command('Bulkhead: Show Log');
    await workbench.page.locator('.panel .view-line', { hasText: 'The warden runs as process' }).first().waitFor();
    await workbench.screenshot('status/4-log');
  });
});

interface Extension {
  readonly connection: { readonly client: { readonly pid: number } | undefined };
}
