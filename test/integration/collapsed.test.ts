import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { mostOfFile } from '../../src/editor/file-counts.ts';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, firstLine, itemAt, labels, lastState, listen } from './editor.ts';

const count = mostOfFile + 3;
const text = `
describe('many', () => {
  for (let i = 0; i < ${count}; i++) it('test ' + i, () => {
    if (i % 2_500 === 2_499) throw new Error('wrong at ' + i);
  });
});
`;

describe('a file of more tests than anybody would look through', function () {
  this.timeout(300_000);
  let api: TestApi;

  before(async () => {
    api = await extension();
    fs.mkdirSync(file('scratch'), { recursive: true });
    fs.writeFileSync(file('scratch/many.test.js'), text);
    await set('isolation', 'file');
    await refresh();
  });

  after(async () => {
    await set('isolation', undefined);
    fs.rmSync(file('scratch'), { recursive: true, force: true });
    await refresh();
  });

  it('lists those that fail and counts the others, and the run has a verdict for each', async () => {
    const heard = listen(api);
    const item = await itemAt(api, mochaLabel(), 'scratch', 'many.test.js');
    await api.runs.start(new vscode.TestRunRequest([item]));
    heard.stop();
    const [run] = heard.runs;
    assert.equal(run!.ended, 1);
    assert.deepEqual([...run!.states].sort(), [
      ['many.test.js', ['enqueued', 'passed']],
      ['test 2499', ['failed']],
      ['test 4999', ['failed']],
    ]);
    assert.match(firstLine(run!, 'test 2499'), /^Failed/);
    assert.equal(lastState(run!, 'many.test.js'), 'passed');
    assert.equal(item.description, `2 failed, ${(count - 2).toLocaleString('en-US')} passed`);
    assert.match(run!.output, /more tests ran than the Test Explorer lists; the run report has them all/);
    const { last } = api.runs;
    assert.deepEqual([last?.finished, last?.planned, [...(last?.rows() ?? [])].length], [count, count, count]);
    assert.equal(last?.failed().length, 2);
  });

  it('has the details of each, of most of them in its history alone', async () => {
    const last = api.runs.last!;
    const keys = [...last.rows()].map(({ key }) => key);
    const passed = keys.find(key => last.verdict(key) === 'passed' && !last.details(key))!;
    await api.runs.recall(last, passed);
    assert.equal(last.details(passed)?.key, passed);
    await api.runs.recall(last, 'no such test');
    assert.equal(last.details('no such test'), null);
  });

  it('stays so when it is opened', async () => {
    const item = await itemAt(api, mochaLabel(), 'scratch', 'many.test.js');
    await api.controller.resolveHandler?.(item);
    const suite = await itemAt(api, mochaLabel(), 'scratch', 'many.test.js', 'many');
    assert.deepEqual(labels(suite.children), ['test 2499', 'test 4999']);
    assert.ok(item.description?.includes('2 failed'), item.description);
  });

  it('runs one of its failures again as any other test', async () => {
    const heard = listen(api);
    const failed = await itemAt(api, mochaLabel(), 'scratch', 'many.test.js', 'many', 'test 2499');
    await api.runs.start(new vscode.TestRunRequest([failed]));
    heard.stop();
    assert.deepEqual([...heard.runs[0]!.states.keys()], ['test 2499']);
    assert.equal(api.runs.last?.planned, 1);
  });

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
