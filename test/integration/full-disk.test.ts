import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Problem, RunSummary } from '../../src/protocol/messages.ts';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, itemAt, labels } from './editor.ts';

const problem: Problem = {
  severity: 'error',
  message: 'The run begins no more tests, because the disk is full: a verdict is only shown when it is kept.',
  fix: 'Free some space and resume the run: what has no verdict is run again.',
};

describe('a run whose verdicts could not be kept', () => {
  let api: TestApi;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  it('is told with what to do, and as one that was stopped', async () => {
    const mocha = labels(api.controller.items).find(label => label.startsWith('mocha'))!;
    const item = await itemAt(api, mocha, 'test', 'verdicts.test.js', 'verdicts', 'passes');
    const client = await api.connection.open();
    const genuine = client.request.bind(client);
    // As a warden sums up whose disk has become full; that it does so is test/engine/full-disk.test.ts.
    const request = async (...args: Parameters<typeof genuine>): Promise<unknown> => {
      const answer = await genuine(...args);
      const full = { cancelled: true, unkept: 1, problems: [problem] } satisfies Partial<RunSummary>;
      return args[0] === 'run' ? { ...(answer as RunSummary), ...full } : answer;
    };
    client.request = request as typeof client.request;
    const told: string[] = [];
    const { showErrorMessage } = vscode.window;
    Object.assign(vscode.window, { showErrorMessage: async (text: string) => void told.push(text) });
    try {
      await api.runs.start(new vscode.TestRunRequest([item]));
    } finally {
      Object.assign(vscode.window, { showErrorMessage });
      client.request = genuine;
    }
    assert.match(told.join(), /begins no more tests, because the disk is full.*Free some space and resume/s);
    assert.match(api.status.item.text, /stopped/);
    assert.equal(api.runs.last?.summary?.unkept, 1);
  });
});
