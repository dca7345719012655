import assert from 'node:assert/strict';
import { applyEdits } from 'jsonc-parser';
import { overrideEdits, settingEdits, writtenValue } from '../../../src/config/edit.ts';
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

describe('a limit written for one test', () => {
  const about = { files: 'test/a.js', tests: 'suite adds' };
  const after = (text: string, key: string, value: unknown, addressed: { files: string; tests?: string } = about) => {
    const changed = applyEdits(text, overrideEdits(text, addressed, key, value));
    assert.deepEqual(readConfig('c', changed).problems, [], changed);
    return changed;
  };
  const overrides = (text: string) => writtenValue(text, 'overrides');

  it('is an entry of its own, and comments stay', () => {
    const text = '{\n  // ours\n  "jobs": 1, // few\n}\n';
    const changed = after(text, 'memory', '1 GiB');
    assert.deepEqual(overrides(changed), [{ ...about, memory: '1 GiB' }]);
    assert.ok(changed.includes('// ours') && changed.includes('"jobs": 1, // few'), changed);
    assert.deepEqual(overrides(after('{}\n', 'timeout', '2s')), [{ ...about, timeout: '2s' }]);
  });

  it('comes after the entries that it must overrule', () => {
    const text = '{ "overrides": [\n  { "files": "test/**", "memory": "1 MiB" } // all\n] }\n';
    const changed = after(text, 'memory', '1 GiB');
    assert.deepEqual(overrides(changed), [
      { files: 'test/**', memory: '1 MiB' },
      { ...about, memory: '1 GiB' },
    ]);
    assert.ok(changed.includes('// all'), changed);
  });

  it('goes into the entry about the same test where nothing overrules that', () => {
    const first = after('{}', 'memory', '1 GiB');
    assert.deepEqual(overrides(after(first, 'timeout', '2s')), [{ ...about, memory: '1 GiB', timeout: '2s' }]);
    assert.deepEqual(overrides(after(first, 'memory', '2 GiB')), [{ ...about, memory: '2 GiB' }]);
    const other = after(first, 'memory', '3 GiB', { files: 'test/a.js' });
    assert.equal((overrides(other) as unknown[]).length, 2);
    assert.equal((overrides(after(other, 'memory', '4 GiB')) as unknown[]).length, 3);
  });
});
