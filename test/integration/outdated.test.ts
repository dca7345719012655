import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import type * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, itemAt, labels, until } from './editor.ts';

describe('results of before a change', () => {
  let api: TestApi;
  let restore: () => void;
  /** The labels of what was called outdated, "everything" for all of it. */
  const outdated: string[] = [];

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
    const invalidate = api.controller.invalidateTestResults.bind(api.controller);
    api.controller.invalidateTestResults = items => {
      const named = items === undefined ? [] : 'label' in items ? [items] : [...items];
      if (items === undefined) outdated.push('everything');
      else outdated.push(...named.map(({ label }: vscode.TestItem) => label));
      invalidate(items);
    };
    restore = () => (api.controller.invalidateTestResults = invalidate);
  });

  beforeEach(() => outdated.splice(0));

  after(() => restore());

  it('are outdated for the file that was changed, and for no other', async () => {
    await itemAt(
      api,
      labels(api.controller.items).find(label => /mocha/i.test(label))!,
      'test',
    );
    await changed('test/verdicts.test.js', () => outdated.length > 0);
    // Twice where another test has emptied the tree by hand.
    assert.deepEqual([...new Set(outdated)], ['verdicts.test.js']);
  });

  it('are all outdated when the configuration was changed', async () => {
    await changed('bulkhead.config.json', () => outdated.includes('everything'));
  });

  /** With one more line feed, until what is waited for has happened. */
  async function changed(name: string, seen: () => boolean): Promise<void> {
    const text = fs.readFileSync(file(name));
    fs.appendFileSync(file(name), '\n');
    try {
      await until(`a change of ${name} is seen`, seen);
    } finally {
      fs.writeFileSync(file(name), text);
    }
  }
});
