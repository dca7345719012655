import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { longestFreeze, watchFreezes } from '../bed/freezes.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

const few = 1_000;
const many = 5_000;

describe('Test Explorer with thousands of tests', function () {
  this.timeout(600_000);
  const workspace = copiedWorkspace();
  let window: Window;

  before(async () => {
    for (const [name, count] of Object.entries({ few, many })) {
      const text = `describe('${name}', () => { for (let i = 0; i < ${count}; i++) it('test ' + i, () => {}); });\n`;
      fs.writeFileSync(path.join(workspace.folder, `test/${name}.test.js`), text);
    }
    window = await openWindow({ folder: workspace.folder, settings: { 'bulkhead.isolation': 'file' } });
    await window.workbench.openTestExplorer();
    await window.workbench.expand('mocha');
    await window.workbench.expand('test');
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    workspace.remove();
  });

  // VS Code's own cost of a visible row is quadratic in its changes: five times as many tests took it 46 times as long.
  it('takes for five times as many tests not much more than five times as long, with the tree open', async () => {
    const ofFew = await listedAndRun('few', few);
    const ofMany = await listedAndRun('many', many);
    assert.ok(ofMany < 15 * ofFew, `${ofMany} ms for ${many} tests, ${ofFew} ms for ${few}`);
  });

  /** The milliseconds of the run. */
  async function listedAndRun(name: string, count: number): Promise<number> {
    const { workbench } = window;
    const { page } = workbench;
    await watchFreezes(page);
    await workbench.expand(`${name}.test.js`);
    await workbench.expand(name);
    const listing = await longestFreeze(page);
    await watchFreezes(page);
    const began = performance.now();
    await workbench.press(`${name}.test.js`, 'Run Test');
    await workbench
      .statusBarItem('status')
      .filter({ hasText: `${count} passed` })
      .waitFor({ timeout: 300_000 });
    await workbench.showsState(`${name}.test.js`, 'passed', 300_000);
    const took = Math.round(performance.now() - began);
    const running = await longestFreeze(page);
    console.log(`      ${count}: longest freeze ${listing} ms when listed, ${running} ms when run for ${took} ms`);
    await workbench.collapse(`${name}.test.js`);
    return took;
  }
});
