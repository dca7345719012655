import assert from 'node:assert/strict';
import { configOf, optionsFor } from '../../../../src/frameworks/playwright/inside/options.ts';
import { comparedIn, failureOf } from '../../../../src/frameworks/playwright/inside/style.ts';

describe('failures of playwright', () => {
  it('have both values of a comparison, whether on a line each or line by line', () => {
    assert.deepEqual(comparedIn('expect(received).toBe(expected)\n\nExpected: 2\nReceived: 1'), {
      expected: '2',
      actual: '1',
    });
    assert.deepEqual(
      comparedIn('expect(locator).toHaveText(expected)\n\nExpected string: "a"\nReceived string: "b"\nCall log:\n'),
      { expected: '"a"', actual: '"b"' },
    );
    const both = '- Expected  - 1\n+ Received  + 1\n\n  Object {\n-   "a": 2,\n+   "a": 1,\n  }\n\nCall log:\n';
    assert.deepEqual(comparedIn(both), { expected: 'Object {\n  "a": 2,\n}', actual: 'Object {\n  "a": 1,\n}' });
    const kept =
      'expect(string).toMatchSnapshot(expected) failed\n\n  @@ -1,2 +1,2 @@\n   one\n  -three\n  +two\n\n\n  Snapshot: a.txt';
    assert.deepEqual(comparedIn(kept), { expected: 'one\nthree', actual: 'one\ntwo' });
    assert.equal(comparedIn('Test timeout of 30000ms exceeded.'), null);
  });

  it('have no colours, and the place in the code of the user', () => {
    const stack = `Error: \u001b[31mno\u001b[39m\n    at own (/p/node_modules/playwright/lib/a.js:1:1)\n    at /p/e2e/a.spec.ts:7:9`;
    const { text, file, line } = failureOf({ message: 'Error: \u001b[31mno\u001b[39m', stack });
    assert.deepEqual([text, file, line], ['no', '/p/e2e/a.spec.ts', 7]);
    assert.equal(failureOf({ value: "'thrown'" }).text, "thrown: 'thrown'");
  });
});

describe('options for playwright', () => {
  it('name one file exactly, after those of the user that may stand', () => {
    const place = { user: ['--headed', '-x'], project: 'a b', output: '/o', reporter: '/r.cjs' };
    const [, file, ...others] = optionsFor('/p/a (1)+$.spec.ts', 'run', place);
    assert.equal(file, '/^/p/a \\(1\\)\\+\\$\\.spec\\.ts$/');
    assert.ok(others.includes('--headed') && others.includes('--project=a b') && !others.includes('-x'));
  });

  it('know the configuration that the user names', () => {
    assert.deepEqual([['-c', 'a.ts'], ['--config=b=1.ts'], ['--headed']].map(configOf), ['a.ts', 'b=1.ts', undefined]);
  });
});
