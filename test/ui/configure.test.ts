import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWindow, type Window } from '../bed/window.ts';

describe('the command Configure', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-configure-'));
  const file = path.join(folder, 'bulkhead.config.json');
  const written = () => fs.readFileSync(file, 'utf8');
  const saved = async (text: RegExp) => {
    for (const deadline = Date.now() + 5000; !text.test(written()) && Date.now() < deadline;) await sleep(50);
    assert.match(written(), text);
  };
  let window: Window;
  /** By its id: the palette is not waited for to close, for the pick of keys takes its place. */
  const configure = () =>
    window.bridge.evaluate(({ vscode }) => void vscode.commands.executeCommand('bulkhead.configure'));

  before(async () => {
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ scripts: { test: 'node --test' } }));
    fs.writeFileSync(path.join(folder, 'a.test.mjs'), "import { it } from 'node:test';\nit('passes', () => {});\n");
    window = await openWindow({ folder });
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    fs.rmSync(folder, { recursive: true });
  });

  it('writes a first configuration for what is there, and opens it', async () => {
    const { workbench } = window;
    await workbench.command('Bulkhead: Configure');
    await workbench.page.locator('.tab.active', { hasText: 'bulkhead.config.json' }).waitFor();
    assert.match(written(), /\/\/ 1 file in this folder\n *\/\/ "node-test": \{ "folders": \["\."\] \},/);
    assert.equal(await workbench.page.locator('.squiggly-error').count(), 0);
    await workbench.screenshot('configure/1-first');
  });

  it('offers each key with its value, checks what is typed, and writes it where the key belongs', async () => {
    const { workbench } = window;
    const input = workbench.page.locator('.quick-input-widget input').first();
    await configure();
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: /^memory"512 MiB" \(default\)/ }).waitFor();
    await workbench.screenshot('configure/2-keys');
    await rows.filter({ hasText: /^memory"/ }).click();
    await input.fill('lots');
    await workbench.page.locator('.quick-input-message', { hasText: 'expected a size' }).waitFor();
    await workbench.screenshot('configure/3-wrong');
    await input.fill('64 MiB');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await workbench.page.locator('.view-line', { hasText: /^\s*"memory":\s"64\sMiB",/ }).waitFor();
    await saved(/^ {2}"memory": "64 MiB",$/m);
    assert.doesNotMatch(written(), /"512 MiB"/);
    await workbench.screenshot('configure/4-written');
  });

  it('offers the words of a key that takes words', async () => {
    const { workbench } = window;
    await configure();
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    await workbench.page.locator('.quick-input-widget input').first().fill('isolation');
    await rows.filter({ hasText: /^isolation"test"/ }).click();
    await rows.filter({ hasText: /^adaptive/ }).click();
    await workbench.page.locator('.view-line', { hasText: /^\s*"isolation":\s"adaptive",/ }).waitFor();
    await saved(/^ {2}"isolation": "adaptive",$/m);
  });
});
