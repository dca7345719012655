import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

const count = 5_000;

describe('Test Explorer with thousands of tests', () => {
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    fs.writeFileSync(
      path.join(workspace.folder, 'test/many.test.js'),
      `describe('many', () => { for (let i = 0; i < ${count}; i++) it('test ' + i, () => {}); });\n`,
    );
    window = await openWindow({ folder: workspace.folder, settings: { 'bulkhead.isolation': 'file' } });
    await window.workbench.openTestExplorer();
  });

  after(async () => {
    assert.deepEqual(await window.close(), []);
    workspace.remove();
  });

  it('stays usable while they are listed and run, with the tree open', async () => {
    const { workbench, bridge } = window;
    await workbench.expand('mocha');
    await workbench.expand('test');
    await watchFreezes();
    await workbench.expand('many.test.js');
    await workbench.row('many').waitFor();
    console.log(`      listing ${count}: longest freeze ${await longestFreeze()} ms`);
    assert.ok((await longestFreeze()) < 2_000);
    await watchFreezes();
    await workbench.expand('many');
    await workbench.row('test 0').waitFor();
    console.log(`      opening ${count}: longest freeze ${await longestFreeze()} ms`);

    await watchFreezes();
    const began = performance.now();
    await workbench.press('many.test.js', 'Run Test');
    await workbench.showsState('many.test.js', 'passed', 60_000);
    await bridge.until(host => host.runs()[0]?.ended);
    console.log(
      `      running ${count}: ${Math.round(performance.now() - began)} ms, longest freeze ${await longestFreeze()} ms`,
    );
    assert.ok((await longestFreeze()) < 3_000);
    assert.match(await workbench.statusBarItem('status').innerText(), /5000 passed/);
  });

  async function watchFreezes(): Promise<void> {
    await window.workbench.page.evaluate(() => {
      const scope = globalThis as unknown as { longestFreeze: number; freezeTimer?: ReturnType<typeof setInterval> };
      clearInterval(scope.freezeTimer);
      scope.longestFreeze = 0;
      let last = performance.now();
      scope.freezeTimer = setInterval(() => {
        const now = performance.now();
        scope.longestFreeze = Math.max(scope.longestFreeze, now - last - 20);
        last = now;
      }, 20);
    });
  }

  async function longestFreeze(): Promise<number> {
    return window.workbench.page.evaluate(() =>
      Math.round((globalThis as unknown as { longestFreeze: number }).longestFreeze),
    );
  }
});
