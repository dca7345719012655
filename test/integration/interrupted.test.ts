import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { answering } from './answers.ts';
import { extension, file, itemAt, labels, lastState, listen, until } from './editor.ts';

/** Two that are done at once, and one that waits for a file; each notes that it ran. */
const text = `
const fs = require('node:fs');
const note = name => fs.appendFileSync(__dirname + '/ran', name + '\\n');
describe('interrupted', function () {
  this.timeout(180_000);
  it('first', () => note('first'));
  it('second', () => note('second'));
  it('waits', async () => {
    note('waits');
    for (let left = 300; left > 0 && !fs.existsSync(__dirname + '/go'); left--) await new Promise(r => setTimeout(r, 50));
  });
});
`;

describe('a run that was interrupted', () => {
  const folder = file('scratch');
  let api: TestApi;
  let heard: ReturnType<typeof listen>;

  before(async () => {
    api = await extension();
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file('scratch/cut.test.js'), text);
    await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
    heard = listen(api);
  });

  after(async () => {
    heard.stop();
    fs.rmSync(folder, { recursive: true, force: true });
    await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
  });

  it('is told with its numbers and goes on with what has no result, and with nothing else', async function () {
    this.timeout(180_000);
    const item = await itemAt(api, mochaLabel(), 'scratch', 'cut.test.js');
    const done = api.runs.start(new vscode.TestRunRequest([item]));
    await until(
      'two results are there and the third test waits',
      () => api.runs.last?.finished === 2 && ran('waits') === 1,
      60_000,
    );
    process.kill(api.connection.client!.pid, 'SIGKILL');
    const cut = await done;
    fs.writeFileSync(file('scratch/go'), '');

    const answers = answering(['Resume']);
    try {
      await api.interrupted.look();
    } finally {
      answers.stop();
    }
    assert.match(answers.told.join(), /was interrupted: 1 of 3 tests has no result\.$/);
    const run = heard.runs.at(-1)!;
    assert.equal(run.ended, 1);
    for (const label of ['first', 'second', 'waits']) assert.equal(lastState(run, label), 'passed', label);
    assert.deepEqual([ran('first'), ran('second'), ran('waits')], [1, 1, 2]);
    assert.equal(api.runs.last?.run, cut.run);
    assert.equal(api.status.item.text, '$(pass) 3 passed');
  });

  it('is told no more once it has ended', async () => {
    const answers = answering([]);
    try {
      await api.interrupted.look();
      assert.deepEqual(answers.told, []);
    } finally {
      answers.stop();
    }
  });

  function ran(name: string): number {
    if (!fs.existsSync(file('scratch/ran'))) return 0;
    return fs
      .readFileSync(file('scratch/ran'), 'utf8')
      .split('\n')
      .filter(line => line === name).length;
  }

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }
});
