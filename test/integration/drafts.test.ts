import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, itemAt, labels, lastState, listen, until } from './editor.ts';

const saved = `describe('draft', () => {
  it('stays', () => {});
  it('goes', () => {});
  for (const n of [1, 2]) it('made ' + n, () => {});
});
`;

describe('a text that nobody has saved', () => {
  let api: TestApi;
  let document: vscode.TextDocument;

  before(async function () {
    this.timeout(180_000);
    api = await extension();
    fs.mkdirSync(file('scratch'), { recursive: true });
    fs.writeFileSync(file('scratch/draft.test.js'), saved);
    await refresh();
    document = await vscode.workspace.openTextDocument(file('scratch/draft.test.js'));
    await vscode.window.showTextDocument(document);
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    fs.rmSync(file('scratch'), { recursive: true, force: true });
    await refresh();
  });

  it('shows its tests while it is typed, with their lines, before any of it is on disk', async function () {
    this.timeout(180_000);
    const suite = await itemAt(api, mochaLabel(), 'scratch', 'draft.test.js', 'draft');
    assert.deepEqual(labels(suite.children), ['goes', 'made 1', 'made 2', 'stays']);
    const stays = await itemAt(api, mochaLabel(), 'scratch', 'draft.test.js', 'draft', 'stays');
    await type(text =>
      text.replace("  it('goes', () => {});\n", "  it('comes', () => {});\n").replace(/^/, '// first\n'),
    );
    await until('the new test is there', () => labels(suite.children).includes('comes'));
    assert.deepEqual(labels(suite.children), ['comes', 'made 1', 'made 2', 'stays']);
    assert.equal(byLabel(suite, 'stays'), stays);
    assert.equal(stays.range?.start.line, 2);
    assert.equal(byLabel(suite, 'comes')?.range?.start.line, 3);
    assert.ok(document.isDirty);
  });

  it('keeps its items, and their results, when it is saved', async function () {
    this.timeout(180_000);
    const suite = await itemAt(api, mochaLabel(), 'scratch', 'draft.test.js', 'draft');
    const drafts = new Map([...suite.children].map(([, item]) => [item.label, item]));
    await document.save();
    const comes = drafts.get('comes')!;
    const heard = listen(api);
    await api.runs.start(new vscode.TestRunRequest([comes]));
    heard.stop();
    assert.equal(lastState(heard.runs[0]!, 'comes'), 'passed');
    assert.ok(comes.description, 'the result stands behind the label');
    // VS Code sees the change of the file in its own time; this asks the framework now.
    await api.controller.resolveHandler?.(suite.parent);
    const after = new Map([...suite.children].map(([, item]) => [item.label, item]));
    assert.deepEqual([...after].sort(), [...drafts].sort());
    assert.equal(byLabel(suite, 'comes')?.description, comes.description);
  });

  it('is shown as it was saved after it is reverted', async function () {
    this.timeout(180_000);
    const suite = await itemAt(api, mochaLabel(), 'scratch', 'draft.test.js', 'draft');
    await type(text => text.replace('comes', 'is renamed'));
    await until('the new name is there', () => labels(suite.children).includes('is renamed'));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('the old name is back', () => labels(suite.children).includes('comes'));
    assert.ok(!labels(suite.children).includes('is renamed'));
  });

  async function type(change: (text: string) => string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    edit.replace(document.uri, whole, change(document.getText()));
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  async function refresh(): Promise<void> {
    await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
  }

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }
});

function byLabel(item: vscode.TestItem, label: string): vscode.TestItem | undefined {
  return [...item.children].map(([, child]) => child).find(child => child.label === label);
}
