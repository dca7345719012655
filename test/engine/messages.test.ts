import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { withoutControls } from '../../src/reports/excerpt.ts';
import { installFixture } from '../unit/frameworks/installed.ts';
import { linkJest } from '../unit/frameworks/jest/versions.ts';
import { linkPlaywright } from '../unit/frameworks/playwright/versions.ts';
import { installedLine } from '../unit/frameworks/pytest/versions.ts';
import { linkVitest } from '../unit/frameworks/vitest/versions.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

const python = await installedLine();
const red = String.raw`\u001b[31mred\u001b[39m word`;
/** What types take away must not move what is left. */
const typed = 'interface Basket {\n  readonly items: number;\n}\nconst basket: Basket = { items: 2 };\n';
const colours = `it('colours', () => { throw new Error('${red}'); });\n`;
const compares = `it('compares', () => { expect(basket).toEqual({ items: 3 }); });\n`;
const asserts = `it('compares', () => { assert.deepEqual(basket, { items: 3 }); });\n`;
const kept = "it('in file', () => { expect(basket).toMatchSnapshot(); });\n";
const inline =
  'it(\'inline\', () => {\n  expect(basket).toMatchInlineSnapshot(`\n    {\n      "items": 3,\n    }\n  `);\n});\n';
const snapshot = 'exports[`in file 1`] = `\n{\n  "items": 3,\n}\n`;\n';
const coloured = { env: { FORCE_COLOR: '1' } };

const files = {
  'bulkhead.config.json': JSON.stringify({
    isolation: 'file',
    frameworks: {
      jest: coloured,
      vitest: coloured,
      playwright: coloured,
      pytest: 'python' in python ? { ...coloured, python: python.python } : false,
    },
  }),
  'jest/package.json': String.raw`{ "jest": { "testMatch": ["**/*.test.ts"], "transform": { "\\.ts$": "./types.cjs" } } }`,
  // Two lines more than the source has.
  'jest/types.cjs': `
    const { stripTypeScriptTypes } = require('node:module');
    exports.process = (text, file) => ({
      code: '// one\\n// two\\n' + stripTypeScriptTypes(text),
      map: { version: 3, sources: [file], names: [], mappings: ';;AAAA' + ';AACA'.repeat(text.split('\\n').length - 1) },
    });
  `,
  'jest/jest.test.ts': typed + compares + colours + kept + inline,
  'jest/__snapshots__/jest.test.ts.snap': `// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\n${snapshot}`,
  'vitest/package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
  'vitest/vitest.test.ts': `import { expect, it } from 'vitest'; ${typed}${compares}${colours}${kept}${inline}`,
  'vitest/__snapshots__/vitest.test.ts.snap': `// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html\n\n${snapshot}`,
  'node/package.json': '{ "type": "module", "scripts": { "test": "node --test node.test.ts" } }',
  'node/node.test.ts': `import { it } from 'node:test'; import assert from 'node:assert/strict'; ${typed}${asserts}${colours}it('in file', t => { t.assert.snapshot(basket); });\n`,
  'node/node.test.ts.snapshot': 'exports[`in file 1`] = `\n{\n  "items": 3\n}\n`;\n',
  'mocha/package.json': '{ "devDependencies": { "mocha": "*" } }',
  'mocha/.mocharc.json': '{ "spec": "*.test.ts", "require": "tsx" }',
  'mocha/mocha.test.ts': `import assert from 'node:assert/strict'; ${typed}${asserts}${colours}`,
  'playwright/package.json': '{}',
  'playwright/playwright.config.ts': 'export default { snapshotPathTemplate: "kept.txt" };\n',
  'playwright/kept.txt': '{"items":3}',
  'playwright/playwright.spec.ts': `import { expect, test as it } from '@playwright/test'; ${typed}${compares}${colours}it('in file', () => { expect(JSON.stringify(basket)).toMatchSnapshot('kept.txt'); });\n`,
  'pytest/pytest.ini': '[pytest]\naddopts = --color=yes\n',
  'pytest/test_python.py': `# One.\n# Two.\n# Three.\n# Four.\ndef test_compares(): assert {"items": 2} == {"items": 3}\ndef test_colours(): raise ValueError("${red}")\n`,
};

/** By file: the tests with the line that each of them names, and whether the framework gives both sides. */
const expected: Readonly<Record<string, Readonly<Record<string, readonly [line: number, sides: boolean]>>>> = {
  'jest.test.ts': { compares: [5, true], colours: [6, false], 'in file': [7, true], inline: [9, true] },
  'vitest.test.ts': { compares: [5, true], colours: [6, false], 'in file': [7, true], inline: [9, true] },
  'node.test.ts': { compares: [5, true], colours: [6, false], 'in file': [7, true] },
  'mocha.test.ts': { compares: [5, true], colours: [6, false] },
  'playwright.spec.ts': { compares: [5, true], colours: [6, false], 'in file': [7, true] },
  'test_python.py': { test_compares: [5, true], test_colours: [6, false] },
};

describe('the message of a failure', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  let run: RunResult;
  before(async () => {
    workspace = new TestWorkspace(files);
    const at = (name: string) => join(workspace.root, name);
    const [mocha] = await Promise.all([
      installFixture('mocha-versions'),
      linkJest(at('jest')),
      linkVitest(at('vitest')),
      linkPlaywright(at('playwright')),
    ]);
    mkdirSync(at('mocha/node_modules'));
    symlinkSync(join(mocha, 'mocha12'), at('mocha/node_modules/mocha'), 'junction');
    symlinkSync(join(mocha, 'tsx'), at('mocha/node_modules/tsx'), 'junction');
    run = await workspace.run();
  });
  after(() => workspace.remove());

  for (const [file, tests] of Object.entries(expected)) {
    it(`has its place in the source, both sides where there are two, and colours that can be taken off: ${file}`, function () {
      if (file.endsWith('.py') && 'missing' in python) return this.skip();
      const records = run.records.filter(({ test }) => basename(test.file) === file);
      const told = records.map(({ test, verdict, messages: [message] }) => [
        test.titlePath.at(-1)!,
        verdict.kind,
        message?.file === test.file ? message.line : message?.file,
        /2/.test(message?.actual ?? '') && /3/.test(message?.expected ?? ''),
      ]);
      const wanted = Object.entries(tests).map(([title, [line, sides]]) => [title, 'failed', line, sides]);
      assert.deepEqual(told.sort(), wanted.sort(), JSON.stringify(records.map(({ messages, why }) => [messages, why])));
      for (const { messages } of records) {
        const { text, stack = '', expected: one = '', actual: other = '' } = messages[0]!;
        assert.doesNotMatch(stack, /node:internal|[\\/]node_modules[\\/]|at new Promise/);
        assert.equal(stripVTControlCharacters(one + other), one + other);
        assert.equal(withoutControls(text), stripVTControlCharacters(text));
      }
      const colourful = records.find(({ test }) => /colours/.test(test.titlePath.at(-1)!))!;
      assert.match(stripVTControlCharacters(colourful.messages[0]!.text), /^(?:ValueError: )?red word$/);
    });
  }
});
