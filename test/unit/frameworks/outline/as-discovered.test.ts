import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { outlineJavaScript } from '../../../../src/frameworks/outline/javascript.ts';
import { mochaWords } from '../../../../src/frameworks/outline/vocabulary.ts';
import { type Bed, openBed, projectOf } from '../mocha/bed.ts';
import { newestLine } from '../mocha/versions.ts';

describe('what the text says and what mocha finds', function () {
  // The first of them installs the versions.
  this.timeout(180_000);
  let bed: Bed;
  before(async () => (bed = await openBed()));
  after(() => bed.remove());

  for (const fixture of ['mocha-cjs', 'mocha-esm', 'mocha-odd-titles', 'mocha-misbehaving']) {
    it(`are the same tests at the same places, but for those that are computed (${fixture})`, async () => {
      const root = bed.project(fixture, newestLine);
      const files = globSync('test/**/*.{js,mjs,cjs}', { cwd: root }).sort();
      let compared = 0;
      for (const file of files) {
        const { tests } = await bed.discover(root, file);
        const told = outlineJavaScript(
          projectOf(root),
          join(root, file),
          readFileSync(join(root, file), 'utf8'),
          mochaWords,
        );
        const found = new Map(tests.map(test => [test.key, test]));
        assert.deepEqual(
          told,
          told.map(({ key }) => found.get(key)),
          relative(root, file),
        );
        const names = new Set(told.map(({ key }) => key));
        assert.deepEqual(
          tests.filter(({ key }) => names.has(key)).map(({ key }) => key),
          told.map(({ key }) => key),
          `the order of ${relative(root, file)}`,
        );
        compared += told.length;
      }
      assert.ok(compared > 0);
    });
  }
});
