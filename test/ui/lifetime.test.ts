import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ofVsCode } from '../bed/server.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';
import { alive, aliveIn } from '../integration/processes.ts';

const daemons = 8;

describe('the end of a window', () => {
  const workspace = copiedWorkspace();
  let window: Window;

  beforeEach(async () => {
    window = await openWindow({ folder: workspace.folder, settings: { 'bulkhead.jobs': daemons } });
  });

  afterEach(async () => {
    // An extension host of the server that is just coming back up is not ours to wait for.
    assert.deepEqual(
      ((await window?.close()) ?? []).filter(command => !ofVsCode(command)),
      [],
    );
  });

  after(() => workspace.remove());

  it('leaves nothing alive when the extension host is killed', async () => {
    const warden = await startDaemons();
    const host = await window.bridge.evaluate(() => process.pid);
    process.kill(host, 'SIGKILL');
    await nothingAliveWithin(1000, warden);
  });

  it('leaves nothing alive when the window is reloaded', async () => {
    const warden = await startDaemons();
    await window.workbench.page.reload();
    // The server keeps an extension host for a while, should its page come back; a reload ends it in its own time.
    await nothingAliveWithin(15_000, warden);
  });

  /** Eight tests with a daemon each; the answer is the warden's pid. */
  async function startDaemons(): Promise<number> {
    const { workbench, bridge } = window;
    await workbench.openTestExplorer();
    await workbench.expand('mocha');
    await workbench.expand('test');
    await workbench.press('slow.test.js', 'Run Test');
    const deadline = Date.now() + 30_000;
    while (aliveIn(workspace.folder, 'sleep', '61.5').length < daemons) {
      assert.ok(Date.now() < deadline, `only ${aliveIn(workspace.folder, 'sleep', '61.5').length} daemons after 30 s`);
      await sleep(50);
    }
    return bridge.evaluate(({ extension }) => (extension as Extension).connection.client.pid);
  }

  async function nothingAliveWithin(ms: number, warden: number): Promise<void> {
    const began = performance.now();
    const left = () => [
      ...aliveIn(workspace.folder, 'sleep', '61.5'),
      ...alive(workspace.folder, 'mocha'),
      ...alive('warden.cjs').filter(pid => pid === warden),
    ];
    while (left().length > 0) {
      assert.ok(performance.now() - began < ms, `${left().length} processes are alive after ${ms} ms`);
      await sleep(20);
    }
    console.log(`      nothing alive after ${Math.round(performance.now() - began)} ms`);
  }
});

interface Extension {
  readonly connection: { readonly client: { readonly pid: number } };
}
