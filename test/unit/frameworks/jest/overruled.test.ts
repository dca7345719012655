import assert from 'node:assert/strict';
import Module, { createRequire } from 'node:module';
import { forFile, intercept, overruled, unfitness } from '../../../../src/frameworks/jest/inside/overruled.ts';
import { styleFor } from '../../../../src/frameworks/jest/inside/style.ts';
import type { ProjectConfig, ReadConfigs } from '../../../../src/frameworks/jest/inside/user-jest.ts';

const project = (id: string, others: Partial<ProjectConfig> = {}): ProjectConfig => ({
  id,
  rootDir: '/p',
  testMatch: [],
  testRegex: [],
  testRunner: '/p/node_modules/jest-circus/build/runner.js',
  runner: '/p/node_modules/jest-runner/build/index.js',
  ...others,
});
const runner = { file: '/b/runner.js', run: () => 'ran' };

describe('the configuration of jest for one file', () => {
  const configs = {
    globalConfig: { watch: true, updateSnapshot: 'new', ci: true },
    configs: [project('a'), project('b')],
  };

  it('is that of its project, with what would reach other cages overruled', () => {
    const chosen = forFile(configs, { id: 'b', file: '/p/x.test.js', partly: false, runner })!;
    assert.equal(chosen.project.id, 'b');
    assert.deepEqual(
      chosen.configs.configs.map(({ id, testRunner }) => [id, testRunner]),
      [['b', '/b/runner.js']],
    );
    assert.deepEqual(chosen.configs.globalConfig, {
      ...{ updateSnapshot: 'new', ci: true, ...overruled },
      ...{ nonFlagArgs: ['/p/x.test.js'], runTestsByPath: true },
    });
  });

  it('writes no snapshots where others run the rest of the file', () => {
    const chosen = forFile(configs, { id: '', file: '/p/x.test.js', partly: true, runner })!;
    assert.deepEqual([chosen.project.id, chosen.configs.globalConfig['updateSnapshot']], ['a', 'none']);
  });

  it('is none where the project is gone, and unfit where another runner is its own', () => {
    assert.equal(forFile(configs, { id: 'c', file: '/p/x.test.js', partly: false, runner }), null);
    assert.equal(unfitness(project('a')), null);
    assert.match(unfitness(project('a', { testRunner: '/p/node_modules/jest-jasmine2/index.js' }))!, /jest-jasmine2/);
    assert.match(unfitness(project('a', { testRunner: '/p/own/index.js' }))!, /test runner of its own/);
    assert.match(
      unfitness(project('a', { runner: '/p/node_modules/jest-runner-eslint/index.js' }))!,
      /runner of its own/,
    );
  });
});

describe('what jest loads', () => {
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const genuine = loader._load;
  afterEach(() => (loader._load = genuine));

  it('is the runner in the place of the user’s, and a changed configuration; all else is as it was', async () => {
    const read: ReadConfigs = async () => ({ globalConfig: {}, configs: [] });
    loader._load = (request, ...rest) =>
      request === 'jest-config' ? { readConfigs: read, other: 1 } : genuine.call(Module, request, ...rest);
    intercept({ change: () => ({ globalConfig: { changed: true }, configs: [] }), runner });
    const require = createRequire(import.meta.url);
    assert.equal((require('/b/runner.js') as () => string)(), 'ran');
    assert.equal(require('node:path'), process.getBuiltinModule('node:path'));
    const config = require('jest-config') as { readConfigs: ReadConfigs; other: number };
    assert.equal(config.other, 1);
    assert.deepEqual((await config.readConfigs({}, [])).globalConfig, { changed: true });
  });
});

describe('a comparison of jest', () => {
  const compare = (matcherResult: unknown) => styleFor().compare(Object.assign(new Error(), { matcherResult }));

  it('has both sides as text where they differ', () => {
    assert.deepEqual(compare({ expected: { a: 1 }, actual: 'a' }), { expected: '{\n  "a": 1\n}', actual: 'a' });
    assert.equal(compare({ expected: 1, actual: 1 }), null);
    assert.equal(compare({ expected: undefined, actual: 1 }), null);
    assert.equal(compare({ pass: false }), null);
    assert.equal(styleFor().compare(new Error()), null);
  });
});
