import assert from 'node:assert/strict';
import { withEntry } from '../../../src/config/list-known-failure.ts';
import { readList } from '../../../src/config/known-failures.ts';
import { readDocument } from '../../../src/config/read-document.ts';

const entry = { file: 'b.js', test: ['s', 't'], reason: 'r' };

describe('a known failure that is added to the list', () => {
  it('begins it', () => {
    assert.equal(withEntry('', entry), `${JSON.stringify({ tests: [entry] }, null, 2)}\n`);
  });

  it('stands at the end, and leaves comments, indentation and line ends as they are', () => {
    const before = [
      '// About this list.',
      '{',
      '\t"tests": [',
      '\t\t{ "file": "a.js", "reason": "r" } // of a.js, always',
      '\t\t/* more to come */',
      '\t]',
      '}',
      '',
    ];
    const after = [
      ...before.slice(0, 3),
      '\t\t{ "file": "a.js", "reason": "r" }, // of a.js, always',
      '\t\t/* more to come */',
      '\t\t{',
      '\t\t\t"file": "b.js",',
      '\t\t\t"test": [',
      '\t\t\t\t"s",',
      '\t\t\t\t"t"',
      '\t\t\t],',
      '\t\t\t"reason": "r"',
      '\t\t}',
      ...before.slice(5),
    ];
    for (const newline of ['\n', '\r\n']) {
      assert.equal(withEntry(before.join(newline), entry), after.join(newline));
    }
  });

  const forms: Readonly<Record<string, string>> = {
    'an empty list': '{ "tests": [] }',
    'no list yet': '{\n  "strict": true // all of them\n}\n',
    'nothing but braces': '{}',
    'a trailing comma': '{ "tests": [{ "file": "a.js", "reason": "r" },], }',
    'a comma in a comment': '{ "tests": [{ "file": "a.js", "reason": "r" } /* , */] }',
    'a bracket in a comment': '{ "tests": [ // ]\n] }',
  };
  for (const [name, text] of Object.entries(forms)) {
    it(`is one entry more where there is ${name}`, () => {
      const read = (written: string) => readDocument('f', written, readList);
      const added = read(withEntry(text, entry)!);
      assert.deepEqual(added.problems, []);
      assert.equal(added.value!.length, read(text).value!.length + 1);
      const { line, ...last } = added.value!.at(-1)!;
      assert.deepEqual(last, { ...entry, strict: name === 'no list yet' });
      assert.ok(line >= 1);
    });
  }

  it('is not written into what cannot be read', () => {
    for (const text of ['{ "tests": [', '[]', '{ "tests": {} }', 'tests']) assert.equal(withEntry(text, entry), null);
  });
});
