import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownFailuresName, loadKnownFailures } from '../../../src/config/known-failures.ts';

describe('the list of known failures', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'bulkhead-known-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const load = async (text: string) => {
    await writeFile(join(folder, knownFailuresName), text);
    return loadKnownFailures(folder);
  };

  it('need not be there', async () => {
    assert.deepEqual(await loadKnownFailures(folder), { known: [], problems: [] });
  });

  it('may have comments, and says where each entry stands', async () => {
    const { known, problems } = await load(`{
      // Until the parser is rewritten.
      "strict": true,
      "tests": [
        { "file": "test\\\\a.js", "test": ["suite", ""], "reason": "r", "until": "2026-12-31", "verdict": "timed-out" },
        { "file": "./b.sh", "reason": "r", "issue": "#3", "strict": false, "occurrence": 2, },
      ],
    }`);
    assert.deepEqual(problems, []);
    assert.deepEqual(known, [
      {
        file: 'test/a.js',
        test: ['suite', ''],
        reason: 'r',
        until: '2026-12-31',
        verdict: ['timed-out'],
        strict: true,
        line: 5,
      },
      { file: 'b.sh', test: [], reason: 'r', issue: '#3', strict: false, occurrence: 2, line: 6 },
    ]);
  });

  const wrong: readonly (readonly [name: string, entry: string, message: RegExp])[] = [
    ['no reason', '{ "file": "a.js", "test": "t" }', /"reason" is missing/],
    ['no file', '{ "test": "t", "reason": "r" }', /"file" is missing/],
    ['a file elsewhere', '{ "file": "../a.js", "reason": "r" }', /outside the workspace folder/],
    ['a day that there is not', '{ "file": "a.js", "reason": "r", "until": "2026-02-30" }', /until: expected a day/],
    ['a verdict of no failure', '{ "file": "a.js", "reason": "r", "verdict": "passed" }', /verdict: expected/],
    ['a title that is a number', '{ "file": "a.js", "reason": "r", "test": [1] }', /expected a title/],
    ['an unknown key', '{ "file": "a.js", "reason": "r", "untill": "2026-02-01" }', /untill: unknown key/],
  ];
  for (const [name, entry, message] of wrong) {
    it(`excuses nothing by an entry with ${name}, and tells its line`, async () => {
      const { known, problems } = await load(`{ "tests": [\n${entry},\n{ "file": "b.js", "reason": "r" }] }`);
      assert.deepEqual(
        known.map(({ file }) => file),
        ['b.js'],
      );
      assert.deepEqual([problems.length, problems[0]?.severity, problems[0]?.line], [1, 'error', 2]);
      assert.match(problems[0]?.message ?? '', message);
    });
  }

  it('excuses nothing when it is no list', async () => {
    for (const text of ['[]', '"x"', '{ "tests": {} }', '{ "tests": [', '']) {
      const { known, problems } = await load(text);
      assert.deepEqual([known.length, problems[0]?.severity], [0, 'error'], text);
    }
  });
});
