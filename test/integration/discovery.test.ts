import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, itemAt, labels, until } from './editor.ts';

describe('discovery', () => {
  let api: TestApi;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  it('lists projects, folders and files', async () => {
    assert.equal(api.controller.items.size, 2);
    const mocha = await itemAt(
      api,
      labels(api.controller.items).find(label => /mocha/i.test(label))!,
    );
    assert.deepEqual(labels((await itemAt(api, mocha.label, 'test')).children), [
      'broken.test.js',
      'slow.test.js',
      'verdicts.test.js',
    ]);
  });

  it('keeps the tests of a file back until somebody looks', async () => {
    await fresh();
    const [closed] = [...(await itemAt(api, mochaLabel(), 'test')).children].map(([, item]) => item);
    assert.ok(closed?.canResolveChildren);
    assert.ok(closed.uri);
    assert.equal(closed.children.size, 0);
  });

  it('finds the suites and tests of an opened file, with their lines', async () => {
    const suite = await itemAt(api, mochaLabel(), 'test', 'verdicts.test.js', 'verdicts');
    assert.ok(labels(suite.children).includes('takes too much memory'), labels(suite.children).join());
    const test = await itemAt(api, mochaLabel(), 'test', 'verdicts.test.js', 'verdicts', 'passes');
    const lines = fs.readFileSync(file('test/verdicts.test.js'), 'utf8').split('\n');
    assert.match(lines[test.range!.start.line] ?? '', /it\('passes'/);
  });

  it('shows on the file why it does not load', async () => {
    const broken = await itemAt(api, mochaLabel(), 'test', 'broken.test.js');
    const text = broken.error instanceof vscode.MarkdownString ? broken.error.value : (broken.error ?? '');
    // MarkdownString escapes spaces.
    assert.match(text.replaceAll('&nbsp;', ' '), /this file does not load/);
  });

  it('follows files that are created, edited and deleted', async () => {
    const folder = file('scratch');
    const path = file('scratch/new.test.js');
    fs.mkdirSync(folder, { recursive: true });
    try {
      // VS Code may begin to watch only now, some time after the window has opened.
      const item = await until('the new file is listed', () => {
        fs.writeFileSync(path, "it('first', () => {});\n");
        return find(api.controller.items, 'new.test.js');
      });
      await api.controller.resolveHandler?.(item);
      assert.deepEqual(labels(item.children), ['first']);
      fs.writeFileSync(path, "it('first', () => {});\nit('second', () => {});\n");
      await until('the new test is found', () => item.children.size === 2);
      fs.rmSync(path);
      await until('the deleted file has gone', () => !find(api.controller.items, 'new.test.js'));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it('keeps the items of opened files when it lists again', async () => {
    const before = await itemAt(api, mochaLabel(), 'test', 'verdicts.test.js', 'verdicts', 'passes');
    await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
    assert.equal(await itemAt(api, mochaLabel(), 'test', 'verdicts.test.js', 'verdicts', 'passes'), before);
  });

  it('says what is wrong with the configuration, at its line, and goes on', async () => {
    const config = file('bulkhead.config.json');
    const original = fs.readFileSync(config, 'utf8');
    try {
      fs.writeFileSync(config, original.replace('"128 MiB"', '"lots"'));
      const mark = await until(
        'the problem is marked',
        () => vscode.languages.getDiagnostics(vscode.Uri.file(config))[0],
      );
      assert.match(mark.message, /memory/);
      assert.match(mark.message, /lots/);
      assert.equal(
        mark.range.start.line,
        original.split('\n').findIndex(line => line.includes('128 MiB')),
      );
      assert.equal(api.controller.items.size, 2);
    } finally {
      fs.writeFileSync(config, original);
    }
    await until('the mark has gone', () => vscode.languages.getDiagnostics(vscode.Uri.file(config)).length === 0);
  });

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }

  /** As after a start: nothing opened yet. */
  async function fresh(): Promise<void> {
    api.controller.items.replace([]);
    await api.controller.resolveHandler?.(undefined);
  }
});

function find(items: vscode.TestItemCollection, label: string): vscode.TestItem | undefined {
  for (const [, item] of items) {
    const found = item.label === label ? item : find(item.children, label);
    if (found) return found;
  }
  return undefined;
}
