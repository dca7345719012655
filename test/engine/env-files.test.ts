import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { linkJest } from '../unit/frameworks/jest/versions.ts';
import { installedLine } from '../unit/frameworks/pytest/versions.ts';
import { linkVitest } from '../unit/frameworks/vitest/versions.ts';
import { TestWorkspace } from './workspace.ts';

const pytest = await installedLine();

/** What a project has itself to bring a `.env` to its tests, and what `envFile` brings to all of them. */
const files = {
  'bulkhead.config.json': JSON.stringify({
    envFile: ['.env', 'more.env', 'missing.env'],
    isolation: 'file',
    frameworks: {
      jest: { env: { OWN: 'of jest' } },
      ...('python' in pytest ? { pytest: { python: pytest.python } } : {}),
      command: [{ name: 'sh', files: 'sh/a.sh', command: ['sh'], env: { OWN: 'of sh' } }],
    },
  }),
  '.env': 'export EVERYWHERE="in # quotes" # and a comment\nOWN=of the file\nSTAYS=in the file\nTWICE=first\n',
  'more.env': '\uFEFFTWICE=last\nMULTI="one\ntwo"\n',
  'mocha/package.json': '{ "devDependencies": { "mocha": "*" } }',
  'mocha/.mocharc.json': '{ "spec": "a.test.cjs", "node-option": ["env-file=.env"] }',
  'mocha/.env': 'WHO=mocha\n',
  'mocha/a.test.cjs': check('it', 'WHO', 'mocha'),
  'node/package.json': '{ "scripts": { "test": "node --env-file=.env --test a.test.cjs" } }',
  'node/.env': 'WHO=node\n',
  'node/a.test.cjs': `const { it } = require('node:test');\n${check('it', 'WHO', 'node')}`,
  'jest/package.json': '{ "jest": { "transform": {}, "setupFiles": ["./env.js"] } }',
  'jest/env.js':
    "Object.assign(process.env, require('node:util').parseEnv(require('node:fs').readFileSync(__dirname + '/.env', 'utf8')));",
  'jest/.env': 'WHO=jest\n',
  'jest/a.test.js': check('it', 'WHO', 'jest'),
  'vitest/package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
  'vitest/.env': 'VITE_WHO=vitest\nHIDDEN=1\n',
  'vitest/.env.test': 'VITE_MODE=test\n',
  'vitest/a.test.js': `
    import { expect, it } from 'vitest';
    it('vitest', () => {
      expect(import.meta.env).toMatchObject({ VITE_WHO: 'vitest', VITE_MODE: 'test' });
      expect(import.meta.env.HIDDEN).toBe(undefined);
      expect(process.env).toMatchObject({ EVERYWHERE: 'in # quotes', STAYS: 'outside', TWICE: 'last' });
    });
  `,
  'pytest/pytest.ini': '[pytest]\n',
  'pytest/test_a.py': `import os

def test_python():
    assert os.environ["EVERYWHERE"] == "in # quotes"
    assert os.environ["MULTI"] == "one\\ntwo"
    assert os.environ["STAYS"] == "outside"
`,
  'sh/a.sh': 'test "$EVERYWHERE,$OWN,$STAYS,$TWICE" = "in # quotes,of sh,outside,last"\n',
};

function check(it: string, name: string, value: string): string {
  return `
    ${it}(${JSON.stringify(value)}, () => {
      const { ${name}, EVERYWHERE, STAYS, TWICE, OWN } = process.env;
      require('node:assert').deepEqual(
        [${name}, EVERYWHERE, STAYS, TWICE, OWN],
        [${JSON.stringify(value)}, 'in # quotes', 'outside', 'last', ${value === 'jest' ? "'of jest'" : "'of the file'"}],
      );
    });
  `;
}

describe('files of variables', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  before(async () => {
    workspace = new TestWorkspace(files);
    await Promise.all([linkJest(join(workspace.root, 'jest')), linkVitest(join(workspace.root, 'vitest'))]);
    mkdirSync(join(workspace.root, 'mocha/node_modules'));
    const mocha = resolve(import.meta.dirname, '../../node_modules/mocha');
    symlinkSync(mocha, join(workspace.root, 'mocha/node_modules/mocha'), 'junction');
  });
  after(() => workspace.remove());

  it('reach the tests as their project brings them, and those of envFile under everything else that is set', async () => {
    const env = { ...process.env, STAYS: 'outside' };
    const { verdicts, records } = await workspace.run({}, { kind: 'all' }, env);
    const names = ['mocha', 'node', 'jest', 'vitest', 'a.sh', ...('python' in pytest ? ['test_python'] : [])];
    assert.deepEqual(
      verdicts,
      Object.fromEntries(names.map(name => [name, 'passed'])),
      JSON.stringify(records.map(record => [record.test.titlePath.at(-1), record.why, record.messages])),
    );
  });

  it('that are not there are told of', async () => {
    const { problems } = await (await workspace.warden()).request('projects', {});
    const told = problems.filter(({ key }) => key === 'envFile');
    assert.equal(told.length, 1);
    assert.match(told[0]!.message, /missing\.env are not set, because it cannot be read: ENOENT/);
  });
});
