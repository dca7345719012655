import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { bootId } from '../../src/cages/boot.ts';
import { cookieName } from '../../src/cages/kin.ts';
import { ownerName } from '../../src/cages/owner.ts';
import type { Row } from '../../src/editor/process-rows.ts';
import type { TestApi } from '../../src/editor/test-api.ts';
import type { Line } from '../../src/warden/ledger-page.ts';
import { ledgerPlaces } from '../../src/warden/ledger-places.ts';
import { extension, file, itemAt, labels, until } from './editor.ts';
import { aliveIn } from './processes.ts';

/** Those that look for living processes. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the Processes view', () => {
  let api: TestApi;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('bulkhead.stop');
    await vscode.commands.executeCommand('workbench.view.explorer');
  });

  onLinux('kills one cage with all that is in it, and the run goes on', async function () {
    this.timeout(180_000);
    await show();
    const done = slowRun();
    const cage = await meanwhile(
      done,
      until('a cage with a daemon is shown', () => cages().find(each => pidsOf(each).length > 0)),
    );
    const inside = pidsOf(cage);
    await vscode.commands.executeCommand('bulkhead.endCage', cage);
    assert.deepEqual(
      aliveIn(file('.'), 'sleep', '61.5').filter(pid => inside.includes(pid)),
      [],
    );
    await until('it is no longer shown', () => !cages().some(({ cage: { name } }) => name === cage.cage.name));
    await until('its test has its verdict', () => api.runs.last!.finished === 1);
    const [row] = api.runs.last!.rows();
    assert.equal(row!.kind, 'cancelled');
    assert.equal(row!.key, cage.cage.test);
    assert.equal(api.runs.running, 1, 'the run goes on');
    await until('another cage is shown', () => cages().some(each => pidsOf(each).length > 0));
    await vscode.commands.executeCommand('bulkhead.stop');
    await done;
    await until('nothing is shown but the warden', () => cages().length === 0);
    assert.match(String(api.processes.getTreeItem(wardenRow()!).description), /^idle/);
  });

  onLinux('looks only while it can be seen, and at most twice a second', async function () {
    this.timeout(180_000);
    // Its card looks too, for itself.
    const settings = vscode.workspace.getConfiguration('bulkhead');
    await settings.update('statusBar', false, vscode.ConfigurationTarget.Global);
    await show();
    const done = slowRun();
    await meanwhile(
      done,
      until('a cage is shown', () => cages().length > 0),
    );
    const looks = counted();
    try {
      await sleep(2_000);
      const seen = looks.count;
      assert.ok(seen >= 1 && seen <= 5, `${seen} looks in 2 s`);
      await vscode.commands.executeCommand('workbench.view.explorer');
      await until('it is hidden', () => !api.processes.view.visible);
      const before = looks.count;
      await sleep(1_500);
      assert.equal(looks.count, before, 'none while it is hidden');
    } finally {
      looks.stop();
      await settings.update('statusBar', undefined, vscode.ConfigurationTarget.Global);
    }
    await vscode.commands.executeCommand('bulkhead.stop');
    await done;
  });

  onLinux('goes to the test of a cage and copies the number of a process', async function () {
    this.timeout(180_000);
    await show();
    const done = slowRun();
    const cage = await meanwhile(
      done,
      until('a cage with a process', () => cages().find(({ cage }) => cage.test !== null && cage.processes.length > 0)),
    );
    await vscode.commands.executeCommand('bulkhead.goToTest', cage);
    assert.match(vscode.window.activeTextEditor?.document.fileName ?? '', /slow\.test\.js$/);
    const [inside] = api.processes.getChildren(cage);
    assert.ok(inside?.kind === 'process');
    await vscode.commands.executeCommand('bulkhead.copyPid', inside);
    assert.equal(await vscode.env.clipboard.readText(), String(inside.process.pid));
    await vscode.commands.executeCommand('bulkhead.stop');
    await done;
  });

  onLinux('tells what a dead warden has left from what is its own, and reaps it', async function () {
    this.timeout(180_000);
    await api.connection.open();
    const left = leaveBehind();
    try {
      await show();
      const row = await until('what is left is shown', () => leftovers()[0]);
      const [cage] = api.processes.getChildren(row);
      assert.equal(api.processes.getTreeItem(row).contextValue, 'leftover');
      assert.equal(api.processes.getTreeItem(cage!).label, 'left alone');
      assert.deepEqual(
        api.processes.getChildren(cage).map(each => each.kind === 'process' && each.process.pid),
        [left.pid],
      );
      await vscode.commands.executeCommand('bulkhead.endCage', cage);
      assert.equal(left.exitCode ?? left.signalCode, null, 'it is no cage of this warden');
      await vscode.commands.executeCommand('bulkhead.reap', row);
      await until('it is gone', () => left.signalCode !== null);
      await until('and no longer shown', () => leftovers().length === 0);
    } finally {
      left.kill('SIGKILL');
    }
  });

  onLinux('attaches the debugger to a process that is open to one', async function () {
    this.timeout(120_000);
    const port = await freePort();
    const open = spawn(process.execPath, [`--inspect=${port}`, '-e', 'setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await once(open.stderr, 'data');
      const command = `node --inspect=${port} -e setInterval`;
      const seen = { pid: open.pid!, parent: 1, started: '1', command, memoryBytes: 1, cpuMs: 1, ageMs: 1 };
      const begun = new Promise<vscode.DebugSession>(resolve => {
        const listening = vscode.debug.onDidStartDebugSession(session => (listening.dispose(), resolve(session)));
      });
      await vscode.commands.executeCommand('bulkhead.attachDebugger', { kind: 'process', cage: 'one', process: seen });
      assert.equal((await begun).configuration['port'], port);
    } finally {
      await vscode.debug.stopDebugging();
      open.kill('SIGKILL');
    }
  });

  /** A process of a warden that was killed, as its page in the ledger tells of it. */
  function leaveBehind(): ChildProcess {
    const [place] = ledgerPlaces();
    const gone = spawnSync('true').pid;
    const name = ownerName(gone);
    const cookie = `${gone}.unit-1.test`;
    const lines: Line[] = [
      { entry: 'warden', version: 1, boot: bootId(), host: hostname(), since: Date.now(), folders: ['/somewhere'] },
      {
        entry: 'cage',
        ...{ cage: 'unit-1', mechanism: 'process-group', cookie, groups: [], keeper: null, command: 'sleep' },
        ...{ since: Date.now(), memoryCapBytes: null, subject: { label: 'left alone', run: null, test: null } },
      },
    ];
    const left = spawn('sleep', ['47.5'], { env: { ...process.env, [cookieName]: cookie }, stdio: 'ignore' });
    writeFileSync(join(place!, `${name}.ndjson`), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    return left;
  }

  function leftovers(): Row[] {
    return api.processes.getChildren().filter(({ kind }) => kind === 'leftover');
  }

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    return port;
  }

  async function show(): Promise<void> {
    await vscode.commands.executeCommand('bulkhead.showProcesses');
    await until('the view is visible', () => api.processes.view.visible);
    // Nothing has looked at what an earlier test has stopped: its cages are still there, and would be taken for those to come.
    await until('no cage of before is shown', () => cages().length === 0);
  }

  async function slowRun(): Promise<void> {
    const mocha = labels(api.controller.items).find(label => /mocha/i.test(label))!;
    const item = await itemAt(api, mocha, 'test', 'slow.test.js');
    await api.runs.start(new vscode.TestRunRequest([item]));
  }

  /** A run that ends, or does not begin, says so itself. */
  function meanwhile<T>(run: Promise<void>, seen: Promise<T>): Promise<T> {
    return Promise.race([
      seen,
      run.then(() => {
        const told = [...(api.runs.last?.rows() ?? [])].map(({ kind }) => kind);
        throw new Error(`The run is over: ${told?.join(', ')}.`);
      }),
    ]);
  }

  function wardenRow(): Row | undefined {
    return api.processes.getChildren()[0];
  }

  function cages(): Extract<Row, { kind: 'cage' }>[] {
    const warden = wardenRow();
    const rows = warden ? api.processes.getChildren(warden) : [];
    return rows.filter(row => row.kind === 'cage');
  }

  /** The daemons of a cage. */
  function pidsOf({ cage }: Extract<Row, { kind: 'cage' }>): number[] {
    return cage.processes.filter(({ command }) => command.includes('61.5')).map(({ pid }) => pid);
  }

  function counted(): { count: number; stop(): void } {
    const client = api.connection.client!;
    const request = client.request.bind(client);
    const looks = { count: 0, stop: () => void (client.request = request) };
    client.request = (name, params) => {
      if (name === 'status') looks.count++;
      return request(name, params);
    };
    return looks;
  }
});
