import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Connection } from '../../src/editor/connection.ts';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, labels, until } from './editor.ts';

describe('a warden that cannot start', () => {
  const { execPath } = process;
  const { showErrorMessage } = vscode.window;
  const told: { text: string; offered: string[] }[] = [];
  let api: TestApi;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
    process.kill(api.connection.client!.pid, 'SIGKILL');
    await until('the warden is gone', () => api.connection.client === undefined);
    Object.assign(vscode.window, {
      showErrorMessage: async (text: string, ...offered: string[]) => void told.push({ text, offered }),
    });
  });

  after(() => {
    process.execPath = execPath;
    Object.assign(vscode.window, { showErrorMessage });
  });

  it('is told once, with what to do and with the log', async () => {
    process.execPath = '/nowhere/node';
    await api.controller.resolveHandler?.(undefined);
    const [listing, ...more] = told;
    assert.deepEqual(more, []);
    assert.match(
      listing!.text,
      /^Bulkhead: The tests could not be listed\. .*could not be started: spawn \/nowhere\/node ENOENT\. Refresh the tests to try again/,
    );
    assert.deepEqual(listing!.offered, ['Show Log']);
  });

  it('starts by a refresh when it can, and lists the tests', async () => {
    process.execPath = execPath;
    const source = new vscode.CancellationTokenSource();
    await api.controller.refreshHandler?.(source.token);
    assert.ok(api.connection.client);
    assert.ok(labels(api.controller.items).some(label => label.startsWith('mocha')));
  });
});

describe('a warden whose folder for runs cannot be made', () => {
  it('starts, and tells what will not be kept before a run is lost', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-unkept-'));
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    const { extensionPath } = vscode.extensions.getExtension('bulkhead.bulkhead')!;
    const log = { info: () => undefined, error: () => undefined } as unknown as vscode.LogOutputChannel;
    const script = path.join(extensionPath, 'dist/warden.cjs');
    const connection = new Connection({ script, storage: path.join(file, 'storage'), folders: () => [], log });
    const told: string[] = [];
    connection.onNotice(notice => {
      if (notice.notice === 'problem') told.push(`${notice.problem.message} ${notice.problem.fix}`);
    });
    try {
      await connection.open();
      assert.match(told.join('\n'), /Runs will not be kept: ENOTDIR.* Make the folder writable/);
    } finally {
      await connection.client?.close();
      connection.dispose();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
