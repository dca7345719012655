import assert from 'node:assert/strict';
import { linkJest } from '../../unit/frameworks/jest/versions.ts';
import { installedLine } from '../../unit/frameworks/pytest/versions.ts';
import { linkVitest } from '../../unit/frameworks/vitest/versions.ts';
import type { SettingsLayer } from '../../../src/config/settings.ts';
import { TestWorkspace } from '../workspace.ts';

const words = 'thrown by what sets everything up';
const setUp = `throw new Error('${words}');`;
const two = "it('one', () => {});\nit('two', () => {});\n";
const pytest = await installedLine();

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly prepare?: (workspace: TestWorkspace) => unknown;
  readonly settings?: SettingsLayer;
  readonly missing?: string | null;
}

const cases: Readonly<Record<string, Case>> = {
  mocha: {
    files: {
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      '.mocharc.json': '{ "require": "./set-up.cjs" }',
      'set-up.cjs': `exports.mochaGlobalSetup = () => { ${setUp} };`,
      'test/two.js': two,
    },
    prepare: workspace => workspace.linkFrameworks(),
  },
  'node-test': {
    files: {
      'package.json': '{ "scripts": { "test": "node --require ./set-up.cjs --test test/*.js" } }',
      'set-up.cjs': `if (process.env.TEST_SET_UP !== 'off') ${setUp}`,
      'test/two.js': `const { it } = require('node:test');\n${two}`,
    },
  },
  pytest: {
    files: {
      'pytest.ini': '[pytest]\n',
      'conftest.py': `import pytest\n\n\n@pytest.fixture(scope="session", autouse=True)\ndef everything():\n    raise RuntimeError("${words}")\n`,
      'test_two.py': 'def test_one():\n    pass\n\n\ndef test_two():\n    pass\n',
    },
    settings: { pytest: { enabled: true, ...('python' in pytest ? { program: pytest.python } : {}) } },
    missing: 'missing' in pytest ? pytest.missing : null,
  },
  jest: {
    files: {
      'package.json': '{ "jest": { "globalSetup": "./set-up.cjs" } }',
      'set-up.cjs': `module.exports = () => { ${setUp} };`,
      'test/two.test.js': two,
    },
    prepare: ({ root }) => linkJest(root),
  },
  vitest: {
    files: {
      'package.json': '{ "type": "module", "scripts": { "test": "vitest run" } }',
      'vitest.config.js': "export default { test: { globals: true, globalSetup: './set-up.js' } };",
      'set-up.js': `export default () => { ${setUp} };`,
      'test/two.test.js': two,
    },
    prepare: ({ root }) => linkVitest(root),
  },
};

describe('a global set-up that throws', function () {
  this.timeout(120_000);

  for (const [framework, { files, prepare, settings, missing }] of Object.entries(cases)) {
    it(`is an error of each test of ${framework}, in its own words`, async function () {
      if (missing) {
        this.test!.title = `not tested here: ${missing}`;
        return this.skip();
      }
      const workspace = new TestWorkspace(files);
      try {
        await prepare?.(workspace);
        const { summary, records } = await workspace.run({ isolation: 'file', ...settings });
        assert.ok(summary.planned > 0);
        assert.equal(records.length, summary.planned);
        for (const { test, verdict, messages, why } of records) {
          assert.equal(verdict.kind, 'error', `${test.titlePath.join()}: ${why.join()}`);
          assert.match(JSON.stringify(messages), new RegExp(words), test.titlePath.join());
        }
      } finally {
        await workspace.remove();
      }
    });
  }
});
