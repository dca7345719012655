import assert from 'node:assert/strict';
import { readScript } from '../../../../src/frameworks/node-test/script.ts';

describe('a script that runs node --test', () => {
  const cases: Readonly<Record<string, ReturnType<typeof readScript>>> = {
    'node --test': { nodeArgs: [], patterns: [] },
    'npm run build && NODE_ENV=test node --import tsx --test "test/**/*.test.ts"': {
      nodeArgs: ['--import', 'tsx'],
      patterns: ['test/**/*.test.ts'],
    },
    'tsx --test src/*.spec.ts': { nodeArgs: ['--import', 'tsx'], patterns: ['src/*.spec.ts'] },
    "c8 node --test --test-reporter spec --test-concurrency=1 --enable-source-maps 'a b.js'": {
      nodeArgs: ['--enable-source-maps'],
      patterns: ['a b.js'],
    },
    'node --experimental-test-coverage --experimental-test-module-mocks --test --watch --test-only': {
      nodeArgs: ['--experimental-test-module-mocks', '--test-only'],
      patterns: [],
    },
    'node -r ./setup.cjs --test --test-name-pattern foo test/': {
      nodeArgs: ['-r', './setup.cjs'],
      patterns: ['test/'],
    },
    'node server.js': null,
    'mocha --test': null,
  };
  for (const [line, expected] of Object.entries(cases)) {
    it(`${line} ${expected ? 'tells its arguments' : 'is none'}`, () => assert.deepEqual(readScript(line), expected));
  }
});
