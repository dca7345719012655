import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';

describe('a workspace of several folders', () => {
  const first = copiedWorkspace();
  const second = copiedWorkspace('tap-project');
  const folders = [
    { name: 'api', path: first.folder },
    { name: 'web', path: second.folder },
  ];
  const file = path.join(first.folder, 'both.code-workspace');
  let window: Window;

  before(async () => {
    fs.writeFileSync(file, JSON.stringify({ folders }));
    window = await openWindow({ folder: file });
    await window.workbench.openTestExplorer();
  });

  after(async () => {
    assert.deepEqual((await window?.close()) ?? [], []);
    first.remove();
    second.remove();
  });

  it('has each of them at the top of the Test Explorer, with its own frameworks below', async () => {
    const { workbench } = window;
    await workbench.expand('api');
    await workbench.row('mocha').waitFor();
    await workbench.row('shell').waitFor();
    await workbench.expand('web');
    await workbench.row('t').waitFor();
    await workbench.screenshot('multi-root/1-folders');
  });

  it('runs the tests of one of them, under the limits of its own configuration', async () => {
    const { workbench } = window;
    await workbench.press('shell', 'Run Test');
    await workbench.showsState('shell', 'failed');
    await workbench.expand('shell');
    await workbench.expand('scripts');
    await workbench.showsState('passes.sh', 'passed');
    await workbench.showsState('t', 'unset');
    await workbench.screenshot('multi-root/2-run');
  });
});
