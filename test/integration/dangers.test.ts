import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, itemAt, labels, until } from './editor.ts';

/** Bounded: it holds 96 MiB for 20 s at most. */
const text = `
const fs = require('node:fs');
it('holds memory', async function () {
  this.timeout(180_000);
  const held = Buffer.alloc(96 * 1024 ** 2, 1);
  for (let left = 400; left > 0 && !fs.existsSync(__dirname + '/enough'); left--) await new Promise(r => setTimeout(r, 50));
  if (held[7] !== 1) throw new Error('gone');
});
`;

describe('the colour of the status bar item', function () {
  this.timeout(180_000);
  let api: TestApi;

  before(async () => {
    api = await extension();
    fs.mkdirSync(file('scratch'), { recursive: true });
    fs.writeFileSync(file('scratch/holds.test.js'), text);
    await refresh();
  });

  after(async () => {
    fs.rmSync(file('scratch'), { recursive: true, force: true });
    await refresh();
  });

  it('is none for tests that fail', async () => {
    const failing = await itemAt(api, mochaLabel(), 'test', 'verdicts.test.js', 'verdicts', 'fails with a difference');
    await api.runs.start(new vscode.TestRunRequest([failing]));
    assert.match(api.status.item.text, /1 failed of 1/);
    assert.equal(color(), undefined);
  });

  it('warns while the memory of all cages together is used up, and no longer', async () => {
    await set('memoryBudget', '100 MiB');
    try {
      const item = await itemAt(api, mochaLabel(), 'scratch', 'holds.test.js');
      const done = api.runs.start(new vscode.TestRunRequest([item]));
      await until('the warning is there', () => color() === 'statusBarItem.warningBackground', 120_000);
      assert.match(api.status.item.accessibilityInformation?.label ?? '', /Warning: tests use .+ of the 100 MiB/);
      fs.writeFileSync(file('scratch/enough'), '');
      await done;
      assert.equal(color(), undefined);
    } finally {
      await set('memoryBudget', undefined);
    }
  });

  it('warns of cages that are weaker than they were, until they are as strong again', async function () {
    const { cage } = (await api.connection.open()).info;
    // There is nothing weaker to be had where nothing is enforced.
    if (cage.properties.memory.level !== 'enforced') return this.skip();
    await set('cage.forbid', ['cgroup2', 'cgroup1']);
    try {
      await refresh();
      await until('the warning is there', () => color() === 'statusBarItem.warningBackground');
      assert.match(tooltip(), /weaker than before/);
      assert.notEqual(api.connection.client?.info.cage.label, cage.label);
    } finally {
      await set('cage.forbid', undefined);
    }
    await refresh();
    await until('the warning has gone', () => color() === undefined);
    assert.equal(api.connection.client?.info.cage.label, cage.label);
  });

  function color(): string | undefined {
    return (api.status.item.backgroundColor as { readonly id?: string } | undefined)?.id;
  }

  function tooltip(): string {
    const { tooltip } = api.status.item;
    return tooltip instanceof vscode.MarkdownString ? tooltip.value : String(tooltip);
  }

  async function set(key: string, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration('bulkhead').update(key, value, vscode.ConfigurationTarget.Global);
  }

  async function refresh(): Promise<void> {
    await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
  }

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }
});
