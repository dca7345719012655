import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Problems } from '../../src/editor/problems.ts';
import { extension, until } from './editor.ts';

describe('the doctor', () => {
  it('opens a page on the cages of this machine that nobody can change', async () => {
    const { connection } = await extension();
    await vscode.commands.executeCommand('bulkhead.doctor');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'markdown');
    assert.equal(document.isUntitled, false);
    assert.notEqual(document.uri.scheme, 'file');
    const text = document.getText();
    assert.match(text, /^# Bulkhead: the cages of this machine/);
    const label = connection.client!.info.cage.label.slice(1);
    assert.match(text, new RegExp(`## The cage of each test\\n\\n.${label}`));
    assert.match(text, /## What no cage holds/);
    const edited = await vscode.window.activeTextEditor!.edit(edit => edit.insert(new vscode.Position(0, 0), 'x'));
    assert.equal(edited && document.getText() !== text, false);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('is offered where a limit does not hold', async () => {
    await extension();
    const { showWarningMessage } = vscode.window;
    const offers: string[][] = [];
    Object.assign(vscode.window, {
      showWarningMessage: async (_text: string, ...offered: string[]) => (offers.push(offered), 'Doctor'),
    });
    const log = vscode.window.createOutputChannel('Bulkhead: a limit', { log: true });
    const problems = new Problems(log);
    try {
      problems.add({ severity: 'warning', key: 'swap', message: 'The limit "swap" is not enforced.', doctor: true });
      await until('its page is open', () => vscode.window.activeTextEditor?.document.uri.scheme === 'bulkhead-doctor');
      assert.deepEqual(offers, [['Doctor', 'Show Log']]);
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
      problems.dispose();
      log.dispose();
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    }
  });
});
