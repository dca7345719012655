import assert from 'node:assert/strict';
import { applyEdits } from 'jsonc-parser';
import { settingEdits, writtenValue } from '../../../src/config/edit.ts';
import { readConfig } from '../../../src/config/load.ts';
import { starterConfig } from '../../../src/config/starter.ts';

function changed(text: string, key: string, value: unknown): string {
  const after = applyEdits(text, settingEdits(text, key, value));
  assert.deepEqual(readConfig('c', after).problems, [], after);
  assert.deepEqual(writtenValue(after, key), value);
  return after;
}

describe('a change of the configuration', () => {
  it('replaces the value that is there, and nothing else', () => {
    const text = '// ours\n{ "memory": "1 MiB", // small\n  "timeout": "2s" }\n';
    assert.equal(changed(text, 'memory', '2 MiB'), text.replace('1 MiB', '2 MiB'));
  });

  it('adds a key before the others, whose comments stay theirs', () => {
    assert.equal(changed('{\n\t"jobs": 1, // why\n}\n', 'retries', 2), '{\n\t"retries": 2,\n\t"jobs": 1, // why\n}\n');
    assert.equal(changed('{}', 'retries', 2), '{\n  "retries": 2\n}');
    assert.equal(changed('{\r\n  "jobs": 1\r\n}\r\n', 'retries', 2), '{\r\n  "retries": 2,\r\n  "jobs": 1\r\n}\r\n');
  });

  it('takes the line that shows the key in a comment', () => {
    const text = starterConfig([]);
    assert.equal(changed(text, 'memory', '1 GiB'), text.replace('// "memory": "512 MiB",', '"memory": "1 GiB",'));
  });

  it('takes no such line inside other braces, or in a comment of several lines', () => {
    for (const text of [
      '{\n  "overrides": [{\n    // "memory": "1 MiB",\n    "files": "a", "timeout": "1s" }]\n}\n',
      '{\n/*\n// "memory": "1 MiB",\n*/\n"jobs": 1 }\n',
    ]) {
      assert.ok(changed(text, 'memory', '2 MiB').includes('// "memory": "1 MiB",'));
    }
  });
});
