import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScriptCall, scriptCall } from '../../../../src/frameworks/mocha/script.ts';

const none: ScriptCall = { args: [], env: {} };

describe('the call of mocha in the scripts of a package', () => {
  let root: string;

  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bulkhead-scripts-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function callIn(scripts: Record<string, unknown>): ScriptCall {
    writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts }));
    return scriptCall(root);
  }

  const calls: readonly [script: string, args: string[], env?: Record<string, string>][] = [
    ['mocha', []],
    [
      'mocha --require test/support/env --check-leaks test/ test/acceptance/',
      ['--require', 'test/support/env', '--check-leaks', 'test/', 'test/acceptance/'],
    ],
    [`mocha "test/**/*.spec.js" 'a b' c\\ d`, ['test/**/*.spec.js', 'a b', 'c d']],
    ['npm run lint && mocha src --recursive | tee log.txt', ['src', '--recursive']],
    ['mocha src > out.txt 2>&1', ['src']],
    ['NODE_ENV=test nyc --reporter=lcov mocha -t 5000', ['-t', '5000'], { NODE_ENV: 'test' }],
    [
      'cross-env TS_NODE_FILES="true" ./node_modules/.bin/mocha -r ts-node/register',
      ['-r', 'ts-node/register'],
      { TS_NODE_FILES: 'true' },
    ],
    ['node --import tsx node_modules/mocha/bin/mocha.js src', ['--import=tsx', 'src']],
  ];
  for (const [script, args, env = {}] of calls) {
    it(`is read as a shell reads it: ${script}`, () => assert.deepEqual(callIn({ test: script }), { args, env }));
  }

  it('is that of "test", or the only one', () => {
    assert.deepEqual(callIn({ unit: 'mocha unit', test: 'mocha all' }).args, ['all']);
    assert.deepEqual(callIn({ test: 'npm run unit', unit: 'mocha unit', lint: 'eslint .' }).args, ['unit']);
    assert.deepEqual(callIn({ unit: 'mocha unit', slow: 'mocha slow' }), none);
    assert.deepEqual(callIn({ test: 'mocha one && mocha two' }), none);
  });

  it('is none where people watch or debug, where a shell would fill something in, and of other commands', () => {
    const others = [
      'mocha --watch',
      'mocha -w a',
      'mocha --inspect-brk',
      'mocha $FILES',
      'mocha `ls`',
      'eslint mocha',
      'jest',
    ];
    for (const script of others) assert.deepEqual(callIn({ test: script }), none, script);
    assert.deepEqual(callIn({ test: 'mocha a', watch: 'mocha --watch a' }).args, ['a']);
  });

  it('is none without a package, or with a broken one', () => {
    assert.deepEqual(scriptCall(root), none);
    writeFileSync(join(root, 'package.json'), '{');
    assert.deepEqual(scriptCall(root), none);
  });
});
