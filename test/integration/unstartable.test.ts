import assert from 'node:assert/strict';
import * as vscode from 'vscode';
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
