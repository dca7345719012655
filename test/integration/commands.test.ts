import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { answering } from './answers.ts';
import { extension, file, itemAt, labels, lastState, listen, until } from './editor.ts';

describe('commands', () => {
  let api: TestApi;
  let heard: ReturnType<typeof listen>;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  beforeEach(() => {
    heard = listen(api);
  });

  afterEach(async () => {
    heard.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('are all there that the manifest names', async () => {
    const { contributes } = vscode.extensions.getExtension('bulkhead.bulkhead')!.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const there = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter(command => !there.has(command)),
      [],
    );
  });

  it('configure Bulkhead from the gear of each profile', async () => {
    for (const profile of [api.profile, api.coverageProfile, api.debugProfile]) {
      const person = answering(['$(go-to-file) Open the file']);
      try {
        assert.ok(profile.configureHandler, profile.label);
        profile.configureHandler();
        const shown = () => vscode.window.activeTextEditor?.document.fileName === file('bulkhead.config.json');
        await until(`${profile.label} opens the configuration`, shown);
      } finally {
        person.stop();
      }
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  it('configure at once what a hint is about, also where there is no configuration yet', async () => {
    const config = file('bulkhead.config.json');
    const original = fs.readFileSync(config, 'utf8');
    fs.rmSync(config);
    const person = answering(['adaptive']);
    try {
      await vscode.commands.executeCommand('bulkhead.configure', 'isolation');
      assert.match(fs.readFileSync(config, 'utf8'), /^\s*"isolation": "adaptive"/m);
    } finally {
      person.stop();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      fs.writeFileSync(config, original);
      const stale = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.fsPath === config);
      // Of changes so close to each other, the watcher may tell none.
      const again = setInterval(() => fs.writeFileSync(config, original), 3000);
      try {
        await until('VS Code has seen the file as it was', () => stale().every(each => each.getText() === original));
      } finally {
        clearInterval(again);
      }
    }
  });

  it('run the file in the editor, and the failures of one category again', async function () {
    this.timeout(180_000);
    await vscode.window.showTextDocument(vscode.Uri.file(file('test/verdicts.test.js')));
    await vscode.commands.executeCommand('bulkhead.runFile');
    assert.equal(lastState(heard.runs[0]!, 'crashes'), 'failed');
    const person = answering(['Crashed']);
    try {
      await vscode.commands.executeCommand('bulkhead.runFailedOfCategory');
    } finally {
      person.stop();
    }
    assert.deepEqual([...heard.runs[1]!.states.keys()], ['crashes']);
  });

  it('run the test at the cursor, and the last one again', async function () {
    this.timeout(180_000);
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file('test/verdicts.test.js')));
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex(text => text.includes("it('passes'"));
    editor.selection = new vscode.Selection(line, 4, line, 4);
    await vscode.commands.executeCommand('bulkhead.runAtCursor');
    await vscode.commands.executeCommand('bulkhead.runLast');
    assert.deepEqual(
      heard.runs.map(({ states }) => [...states.keys()].join()),
      ['passes', 'passes'],
    );
  });

  it('open a run of the past in the report, and export it', async function () {
    this.timeout(180_000);
    const before = api.runs.last?.run;
    assert.ok(before);
    await api.runs.start(new vscode.TestRunRequest([await itemAt(api, mochaLabel(), 'test', 'slow.test.js')], []), {
      overrides: { timeout: 1 },
    });
    const runs = await api.connection.request('history', {});
    const index = runs.findIndex(({ run }) => run === before);
    const picked = vscode.window.showQuickPick;
    Object.assign(vscode.window, { showQuickPick: async (items: vscode.QuickPickItem[]) => items[index] });
    try {
      await vscode.commands.executeCommand('bulkhead.showHistory');
    } finally {
      Object.assign(vscode.window, { showQuickPick: picked });
    }
    assert.equal(api.runs.last?.run, before);
    assert.deepEqual(
      [...api.runs.last.rows()].map(({ title }) => title),
      ['passes'],
    );
    const target = vscode.Uri.file(file('export.xml'));
    const asked = vscode.window.showSaveDialog;
    Object.assign(vscode.window, { showSaveDialog: async () => target });
    const person = answering([]);
    try {
      await vscode.commands.executeCommand('bulkhead.exportReport');
      assert.match(person.told[0] ?? '', /wrote 1 test to export\.xml/);
      assert.match(fs.readFileSync(target.fsPath, 'utf8'), /<testcase name="verdicts › passes"/);
    } finally {
      person.stop();
      Object.assign(vscode.window, { showSaveDialog: asked });
      fs.rmSync(target.fsPath, { force: true });
    }
  });

  it('collect what a report of a problem needs, without values of the environment', async function () {
    this.timeout(180_000);
    await vscode.commands.executeCommand('bulkhead.reportProblem');
    const text = await until('the report is shown', () => {
      const { document } = vscode.window.activeTextEditor ?? {};
      return document?.isUntitled ? document.getText() : undefined;
    });
    for (const heading of ['System', 'Configuration', 'Doctor', 'Log'])
      assert.ok(text.includes(`## ${heading}`), heading);
    assert.match(text, /"memory": "128 MiB"/);
    assert.match(text, /The warden runs as process \d+/);
    const { HOME = '/root' } = process.env;
    assert.ok(HOME.length < 6 || !text.includes(HOME));
    assert.doesNotMatch(text, /says nothing|assert\.equal/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('keep a continuous run going with each change, and end it', async function () {
    this.timeout(180_000);
    const path = file('test/continuous.test.js');
    fs.writeFileSync(path, "it('goes on', () => {});\n");
    const source = new vscode.CancellationTokenSource();
    try {
      await api.controller.resolveHandler?.(undefined);
      const item = await itemAt(api, mochaLabel(), 'test', 'continuous.test.js');
      const profile = api.profile;
      await profile.runHandler(new vscode.TestRunRequest([item], undefined, profile, true), source.token);
      assert.equal(heard.runs.length, 0, 'nothing has changed yet');
      const document = await vscode.workspace.openTextDocument(path);
      const change = new vscode.WorkspaceEdit();
      change.insert(
        document.uri,
        new vscode.Position(1, 0),
        "it('fails now', () => { throw new Error('as told'); });\n",
      );
      await vscode.workspace.applyEdit(change);
      await document.save();
      await until('it ran again', () => heard.runs.some(run => lastState(run, 'fails now') === 'failed'), 120_000);
      source.cancel();
      await until('no run goes on', () => api.runs.running === 0, 120_000);
      const before = heard.runs.length;
      fs.writeFileSync(path, "it('goes on', () => {});\n");
      await sleep(1_500);
      assert.equal(heard.runs.length, before);
    } finally {
      source.cancel();
      fs.rmSync(path, { force: true });
    }
  });

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }
});
