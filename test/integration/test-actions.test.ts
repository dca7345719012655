import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { answering } from './answers.ts';
import { extension, file, itemAt, labels, lastState, listen, until } from './editor.ts';

describe('what is done with one test', () => {
  let api: TestApi;
  let heard: ReturnType<typeof listen>;
  const config = file('bulkhead.config.json');
  const original = fs.readFileSync(config, 'utf8');

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
    fs.writeFileSync(config, original);
    const stale = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.fsPath === config);
    await until('VS Code has seen the file as it was', () => stale().every(each => each.getText() === original));
  });

  it('leaves its numbers and its tags behind its label', async function () {
    this.timeout(180_000);
    await run('verdicts.test.js');
    const passes = await test('passes');
    // VS Code itself shows the duration.
    assert.match(passes.description ?? '', /^\d[\d.]* (MiB|KiB)( · slow)?$/);
    const others = ['slow', 'debuggable'];
    const tagsOf = async (label: string) =>
      (await test(label)).tags.map(({ id }) => id).filter(id => !others.includes(id));
    assert.deepEqual(await tagsOf('takes too much memory'), ['oom']);
    assert.deepEqual(await tagsOf('crashes'), ['crash']);
    assert.deepEqual(await tagsOf('exits early'), ['crash']);
    assert.deepEqual(await tagsOf('leaves a process behind'), ['leak']);
    assert.deepEqual(await tagsOf('passes'), []);
  });

  it('is known again after a reload, from the history', async () => {
    api.controller.items.replace([]);
    await api.controller.resolveHandler?.(undefined);
    const item = await test('takes too much memory');
    await until('its tag is back', () => item.tags.some(({ id }) => id === 'oom'));
    assert.match(item.description ?? '', /MiB · oom/);
  });

  it('can have more memory for once, and keep it', async function () {
    this.timeout(180_000);
    const item = await test('takes too much memory');
    const person = answering(['×4', 'Write to Configuration']);
    try {
      await vscode.commands.executeCommand('bulkhead.runWithMoreMemory', item);
      assert.match(person.told[0] ?? '', /takes too much memory passed with 512 MiB\.$/);
    } finally {
      person.stop();
    }
    const told = heard.runs.at(-1)!;
    assert.deepEqual([...told.states.keys()], ['takes too much memory']);
    const text = fs.readFileSync(config, 'utf8');
    assert.match(text, /"tests": "verdicts takes too much memory"/);
    assert.match(text, /"memory": "512 MiB"/);
    const kept = original.split('\n').find(line => line.includes('128 MiB'))!;
    assert.ok(text.includes(kept.trim().replace(/,$/, '')), 'all else stays as it was');
  });

  it('is told why it fails with more memory too, and how to give it more again', async function () {
    this.timeout(180_000);
    const person = answering(['Other…', '160 MiB', 'More Memory…', '×2']);
    try {
      await vscode.commands.executeCommand('bulkhead.runWithMoreMemory', await test('takes too much memory'));
      assert.deepEqual(
        person.told.map(text => text.replace(/^.*with /, '')),
        ['160 MiB: out of memory.', '320 MiB: out of memory.'],
      );
    } finally {
      person.stop();
    }
    assert.equal(fs.readFileSync(config, 'utf8'), original);
  });

  it('is the one at the cursor, also in a file that nobody has opened in the Test Explorer', async () => {
    api.controller.items.replace([]);
    await api.controller.resolveHandler?.(undefined);
    const document = await vscode.workspace.openTextDocument(file('test/verdicts.test.js'));
    const line = document
      .getText()
      .split('\n')
      .findIndex(text => text.includes("'takes too much memory'"));
    const selection = new vscode.Range(line, 0, line, 0);
    await vscode.window.showTextDocument(document, { selection });
    await vscode.commands.executeCommand('bulkhead.copyReproduction');
    assert.match(await vscode.env.clipboard.readText(), /--key=/);
  });

  it('runs alone as often as one wants', async function () {
    this.timeout(180_000);
    const person = answering(['3']);
    try {
      await vscode.commands.executeCommand('bulkhead.runRepeatedly', await test('passes'));
      assert.deepEqual(person.told, ['Bulkhead: passes: 3 runs: 3 passed.']);
    } finally {
      person.stop();
    }
    assert.deepEqual(
      heard.runs.map(told => [lastState(told, 'passes'), told.ended]),
      [1, 2, 3].map(() => ['passed', 1]),
    );
  });

  it('is run again in a terminal by the command that it gives', async function () {
    if (process.platform === 'win32') this.skip();
    this.timeout(180_000);
    await vscode.commands.executeCommand('bulkhead.copyReproduction', await test('takes too much memory'));
    const command = await vscode.env.clipboard.readText();
    assert.match(command, /^bulkhead run test\/verdicts\.test\.js --key=[\w-]+ --memory 128MiB --timeout \d+ms$/);
    const extensionPath = vscode.extensions.getExtension('bulkhead.bulkhead')!.extensionPath;
    const cli = `'${process.execPath}' '${path.join(extensionPath, 'dist/cli.cjs')}'`;
    const cwd = file('.');
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    assert.throws(
      () => execFileSync('sh', ['-c', command.replace('bulkhead', `${cli}`)], { cwd, env, encoding: 'utf8' }),
      ({ status, stdout, stderr }: { status: number; stdout: string; stderr: string }) => {
        assert.equal(status, 1, stdout + stderr);
        assert.match(stdout + stderr, /Out of memory: .+128 MiB/);
        assert.match(stdout + stderr, /\b1 test\b|1 of 1/);
        return true;
      },
    );
    fs.rmSync(file('.bulkhead'), { recursive: true, force: true });
  });

  it('is written a limit of its own', async () => {
    const person = answering(['45s']);
    try {
      await vscode.commands.executeCommand(
        'bulkhead.setTimeout',
        await itemAt(api, mochaLabel(), 'test', 'slow.test.js'),
      );
    } finally {
      person.stop();
    }
    const text = fs.readFileSync(config, 'utf8');
    assert.match(text, /\{\s*"files": "test\/slow\.test\.js",\s*"timeout": "45s"\s*\}/);
  });

  it('is the one at the cursor where none is chosen', async () => {
    const item = await test('passes');
    const inside = item.range!.start.translate(1);
    // With the document: where it was opened first is told a moment after it, and would take the place of what was set meanwhile.
    await vscode.window.showTextDocument(item.uri!, { selection: new vscode.Range(inside, inside) });
    await vscode.commands.executeCommand('bulkhead.copyReproduction');
    const atCursor = await vscode.env.clipboard.readText();
    await vscode.commands.executeCommand('bulkhead.copyReproduction', item);
    assert.equal(atCursor, await vscode.env.clipboard.readText());
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }

  function test(label: string): Promise<vscode.TestItem> {
    return itemAt(api, mochaLabel(), 'test', 'verdicts.test.js', 'verdicts', label);
  }

  async function run(name: string): Promise<void> {
    await api.runs.start(new vscode.TestRunRequest([await itemAt(api, mochaLabel(), 'test', name)]));
  }
});
