import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { knownFailuresName } from '../../src/config/known-failures.ts';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, itemAt, lastState, listen } from './editor.ts';

describe('known failures', () => {
  let api: TestApi;
  const list = () => readFileSync(file(knownFailuresName), 'utf8');
  const place = ['mocha', 'test', 'verdicts.test.js', 'verdicts', 'fails with a difference'];
  const run = async () => {
    const heard = listen(api);
    await api.runs.start(new vscode.TestRunRequest([await itemAt(api, ...place)]));
    heard.stop();
    return heard.runs[0]!;
  };

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
    writeFileSync(file(knownFailuresName), '{\n  // Nothing is known yet.\n  "tests": [],\n}\n');
  });

  // The other tests of this window want their failures as they are.
  after(() => writeFileSync(file(knownFailuresName), '{}'));

  it('are listed from the menu of a message, and then no failure of a run', async () => {
    assert.equal(lastState(await run(), 'fails with a difference'), 'failed');
    const test = await itemAt(api, ...place);
    await vscode.commands.executeCommand('bulkhead.markKnownFailure', { test }, 'Rounds up.');
    assert.match(list(), /Nothing is known yet/);
    const entry = { file: 'test/verdicts.test.js', test: place.slice(3), reason: 'Rounds up.', verdict: ['failed'] };
    assert.ok(list().replace(/\s+/g, '').includes(JSON.stringify(entry).replace(/\s+/g, '')), list());
    const again = await run();
    assert.equal(lastState(again, 'fails with a difference'), 'skipped');
    assert.match(again.output, /fails with a difference: Known failure: Rounds up\. · Failed/);
    assert.equal(api.runs.last?.counts['known-failure'], 1);
    assert.deepEqual(api.runs.last?.failed(), []);
  });
});
