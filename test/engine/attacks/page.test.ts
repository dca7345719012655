import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { page, withTable } from './write-table.ts';

describe('docs/cages.md', () => {
  it('shows the table that the tests read', async () => {
    const text = readFileSync(page, 'utf8');
    assert.equal(text, await withTable(text), 'run node test/engine/attacks/write-table.ts');
  });
});
