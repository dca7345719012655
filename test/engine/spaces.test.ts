import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const keeper = resolve(import.meta.dirname, `../../dist/keeper/linux-${process.arch}/keeper`);
const module = resolve(import.meta.dirname, '../../src/cages/spaces.ts');
const program = `require(${JSON.stringify(module)}).probeSpaces(${JSON.stringify(keeper)}).then(found => console.log(JSON.stringify(found)))`;

/** What a process with that folder finds out. */
const probed = (cwd: string) => execFileSync(process.execPath, ['-e', program], { cwd, encoding: 'utf8' });

describe('the spaces that tests can have', () => {
  const title = 'are the same wherever who asks has its folder, also below what is replaced';
  if (!existsSync(keeper)) it.skip(`${title} (there is no ${keeper})`);
  else
    it(title, () => {
      const folder = mkdtempSync('/tmp/bulkhead-spaces-');
      try {
        assert.equal(probed(folder), probed('/'));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
