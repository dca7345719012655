import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ofVsCode } from '../bed/server.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

/** Quick ones, and one that waits for a file. */
const text = `
const fs = require('node:fs');
describe('interrupted', function () {
  this.timeout(60_000);
  for (const name of ['first', 'second', 'third']) it(name, () => {});
  it('waits', async () => {
    fs.writeFileSync(__dirname + '/waiting', '');
    for (let left = 1_000; left > 0 && !fs.existsSync(__dirname + '/go'); left--) await new Promise(r => setTimeout(r, 50));
  });
});
`;

describe('a window that is reloaded in the middle of a run', () => {
  const workspace = copiedWorkspace();
  const inside = (name: string) => path.join(workspace.folder, 'test', name);
  let window: Window;

  before(async () => {
    fs.writeFileSync(inside('cut.test.js'), text);
    window = await openWindow({
      folder: workspace.folder,
      settings: { 'bulkhead.jobs': 1, 'bulkhead.timeout': '60s' },
    });
  });

  after(async () => {
    assert.deepEqual(
      ((await window?.close()) ?? []).filter(command => !ofVsCode(command)),
      [],
    );
    workspace.remove();
  });

  it('says how many tests have no result, and goes on with these', async function () {
    this.timeout(240_000);
    const { workbench } = window;
    await workbench.openTestExplorer();
    await workbench.expand('mocha');
    await workbench.expand('test');
    await workbench.press('cut.test.js', 'Run Test');
    for (let left = 600; !fs.existsSync(inside('waiting')); left--) {
      assert.ok(left > 0, 'the last test has not begun within 30 s');
      await sleep(50);
    }
    await workbench.page.reload();
    // The old extension host is kept by its server for some seconds, and the run is going on as long.
    const toast = workbench.toast('was interrupted: 1 of 4 tests has no result');
    await toast.waitFor({ timeout: 60_000 });
    assert.equal(await workbench.page.locator('.monaco-dialog-box').count(), 0, 'a dialog stands in the way');
    await workbench.screenshot('interrupted/1-notice');
    fs.writeFileSync(inside('go'), '');
    await toast.getByRole('button', { name: 'Resume' }).click();
    await workbench.statusBarItem('status').filter({ hasText: '4 passed' }).waitFor({ timeout: 60_000 });
    await workbench.openTestExplorer();
    await workbench.expand('mocha');
    await workbench.expand('test');
    await workbench.expand('cut.test.js');
    await workbench.expand('interrupted');
    for (const name of ['first', 'second', 'third', 'waits']) await workbench.showsState(name, 'passed');
    await workbench.screenshot('interrupted/2-resumed');
  });

  it('shows the results again after another reload, and says nothing of a run that has ended', async function () {
    this.timeout(240_000);
    const { workbench } = window;
    await workbench.page.reload();
    await window.bridge.ready();
    await workbench.openTestExplorer();
    await workbench.expand('mocha');
    await workbench.expand('test');
    await workbench.expand('cut.test.js');
    await workbench.expand('interrupted');
    await workbench.showsState('waits', 'passed');
    assert.match(await workbench.row('waits').innerText(), /MiB/);
    assert.equal(await workbench.toast('was interrupted').count(), 0);
  });
});
