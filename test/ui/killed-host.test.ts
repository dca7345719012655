import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { PastRun, RecordPage } from '../../src/protocol/history.ts';
import { ofVsCode } from '../bed/server.ts';
import { openWindow, type Window } from '../bed/window.ts';
import { copiedWorkspace } from '../bed/workspaces.ts';
import { until } from '../engine/alive.ts';
import { seeded } from '../engine/seeded.ts';
import { alive, aliveIn } from '../integration/processes.ts';

const rounds = Number(process.env['BULKHEAD_ROUNDS'] ?? 2);
const seed = Number(process.env['BULKHEAD_SEED'] ?? randomInt(2 ** 31));
const patienceMs = 90_000;
const byItselfMs = 15_000;
const daemon = ['sleep', '62.25'] as const;
const quick = ['one', 'two', 'three', 'four', 'five'];
const tests = quick.length + 1;
const nameIn = (round: number, name: string) => `${name} of ${round}`;

/** Each leaves a daemon; one of them waits for a file, so that the run is going on whenever its window dies. */
const textOf = (round: number) => `
const fs = require('node:fs');
const { spawn } = require('node:child_process');
describe('cut off ${round}', function () {
  this.timeout(0);
  beforeEach(() => {
    fs.appendFileSync(__dirname + '/begun', 'x');
    spawn('${daemon[0]}', ['${daemon[1]}'], { detached: true, stdio: 'ignore' }).unref();
  });
  for (const name of ${JSON.stringify(quick.map(name => nameIn(round, name)))}) it(name, () => new Promise(resolve => setTimeout(resolve, 150)));
  it('waits', async () => {
    while (!fs.existsSync(__dirname + '/go')) await new Promise(resolve => setTimeout(resolve, 50));
  });
});
`;

describe('an extension host that is killed at any moment of a run', function () {
  this.timeout(300_000);
  const workspace = copiedWorkspace();
  const random = seeded(seed);
  const inside = (name: string) => path.join(workspace.folder, 'test', name);
  let window: Window;

  before(async () => {
    console.log(`    ${rounds} rounds; BULKHEAD_SEED=${seed} repeats their choices, BULKHEAD_ROUNDS makes more`);
    // Each round has tests of its own: what is shown of them was shown in that round.
    for (let round = 1; round <= rounds; round++) fs.writeFileSync(inside(`cut-${round}.test.js`), textOf(round));
    const settings = { 'bulkhead.jobs': 2, 'bulkhead.timeout': '5m', 'bulkhead.order': 'file' };
    window = await openWindow({ folder: workspace.folder, settings });
  });

  after(async () => {
    // An extension host of the server that is just coming back up is not ours to wait for.
    assert.deepEqual(
      ((await window?.close()) ?? []).filter(command => !ofVsCode(command)),
      [],
    );
    workspace.remove();
  });

  for (let round = 1; round <= rounds; round++) {
    const begun = 1 + Math.floor(random() * tests);
    const ms = Math.round(random() * 400);
    it(`costs no verdict and leaves nothing (${round}: ${ms} ms after ${begun} began)`, async () => {
      const { workbench, bridge } = window;
      for (const name of ['begun', 'go']) fs.rmSync(inside(name), { force: true });
      const file = `cut-${round}.test.js`;
      await workbench.openTestExplorer();
      for (const label of ['mocha', 'test', file, `cut off ${round}`]) await workbench.expand(label);
      await workbench.press(file, 'Run Test');
      await until(`${begun} tests have begun`, () => sizeOf(inside('begun')) >= begun, patienceMs);
      await sleep(ms);
      const [host, warden] = await bridge.evaluate(({ extension }) => [
        process.pid,
        (extension as Extension).connection.client.pid,
      ]);
      const seen = await seenToPass(round);
      process.kill(host, 'SIGKILL');
      await nothingAlive(warden);

      const toast = workbench.toast('was interrupted');
      await anotherHost(toast);
      await toast.waitFor({ timeout: patienceMs });
      const cut = await newestRun();
      const before = await verdictsOf(cut.run);
      assert.deepEqual([cut.state, cut.planned, before.size], ['interrupted', tests, cut.recorded]);
      for (const name of seen) assert.equal(before.get(name), 'passed', `${name} was shown as passed`);

      fs.writeFileSync(inside('go'), '');
      await toast.getByRole('button', { name: 'Resume' }).click();
      await until('the run has ended', async () => (await newestRun()).state === 'ended', patienceMs);
      const after = await newestRun();
      const passed = { passed: tests };
      assert.deepEqual([after.run, after.planned, after.recorded, after.missing], [cut.run, tests, tests, 0]);
      assert.deepEqual([after.counts, (await verdictsOf(cut.run)).size, after.resumed], [passed, tests, 1]);
      await workbench
        .statusBarItem('status')
        .filter({ hasText: `${tests} passed` })
        .waitFor({ timeout: patienceMs });
      await until('nothing of the tests is alive', () => left().length === 0, patienceMs);
      // The explorer has in the page only those rows that are in sight; those below move up, under the next round's pointer.
      fs.rmSync(inside(file));
      await workbench.row(file).waitFor({ state: 'detached', timeout: patienceMs });
      console.log(`      ${seen.length} of ${tests} were shown, ${cut.recorded} were recorded, then ${after.recorded}`);
    });
  }

  async function seenToPass(round: number): Promise<string[]> {
    const passed = '.codicon-testing-passed-icon';
    const names = quick.map(name => nameIn(round, name));
    const icons = names.map(name => window.workbench.row(name).locator(passed).count());
    const shown = await Promise.all(icons);
    return names.filter((_, index) => shown[index]! > 0);
  }

  /**
   * VS Code starts one by itself, but gives that up without a word where it is not told for ten seconds how the last one ended, and
   * after the third of five minutes: then the user loads the window again.
   */
  async function anotherHost(toast: Locator): Promise<void> {
    const came = await toast.waitFor({ timeout: byItselfMs }).then(
      () => true,
      () => false,
    );
    if (!came) await window.workbench.page.reload({ timeout: patienceMs });
  }

  const left = () => [...aliveIn(workspace.folder, ...daemon), ...alive(workspace.folder, 'mocha')];

  async function nothingAlive(warden: number): Promise<void> {
    const theirs = () => [...left(), ...alive('warden.cjs').filter(pid => pid === warden)];
    await until('nothing is alive', () => theirs().length === 0, patienceMs);
  }

  function newestRun(): Promise<PastRun> {
    return window.bridge.until(
      async ({ extension }) => (await (extension as Extension).connection.request('history', { limit: 1 }))[0],
    ) as Promise<PastRun>;
  }

  /** By the names of the tests. */
  async function verdictsOf(run: string): Promise<Map<string, string>> {
    const { records } = await window.bridge.evaluate(
      ({ extension }, run) => (extension as Extension).connection.request('records', { run }),
      run,
    );
    const verdicts = new Map(records.map(({ test, verdict }) => [test.titlePath.at(-1)!, verdict.kind]));
    assert.equal(verdicts.size, records.length);
    return verdicts;
  }
});

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

interface Extension {
  readonly connection: {
    readonly client: { readonly pid: number };
    request(what: 'history', params: { limit: number }): Promise<PastRun[]>;
    request(what: 'records', params: { run: string }): Promise<RecordPage>;
  };
}
