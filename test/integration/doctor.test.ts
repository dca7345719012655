import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './editor.ts';

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
});
