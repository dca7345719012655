import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { repository, vsix } from '../bed/places.ts';

describe('the package', () => {
  it('has all that was built to run inside frameworks, and every program of ours', () => {
    assert.ok(existsSync(vsix), 'Run "npm run package" first.');
    const built = globSync(['dist/*.cjs', 'dist/inside/**/*.{cjs,mjs,py}'], { cwd: repository });
    assert.ok(built.length > 30, `${built.length} files`);
    const packaged = new Set(namesIn(readFileSync(vsix)));
    assert.deepEqual(
      built.filter(file => !packaged.has(`extension/${file}`)),
      [],
    );
  });
});

/** By the directory at the end of the archive, of which each entry begins with the same four bytes. */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  const fixed = 46;
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + fixed)) {
    const length = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + fixed, at + fixed + length));
  }
  return names;
}
