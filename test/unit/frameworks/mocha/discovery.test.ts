import assert from 'node:assert/strict';
import { join } from 'node:path';
import { discoveryOf } from '../../../../src/frameworks/discovery.ts';
import type { Discovery } from '../../../../src/protocol/messages.ts';
import { type Bed, openBed, projectOf } from './bed.ts';
import { mochaLines, newestLine } from './versions.ts';

function written({ tests, problem }: Discovery): string[] {
  assert.equal(problem, undefined);
  return tests.map(test => `${test.line}:${test.column} ${test.titlePath.join(' › ')}`);
}

for (const line of mochaLines) {
  describe(`looking for tests with ${line}`, function () {
    this.timeout(60_000);
    let bed: Bed;
    let cjs: string;
    let broken: string;

    before(async function () {
      this.timeout(180_000);
      bed = await openBed();
      cjs = bed.project('mocha-cjs', line);
      broken = bed.project('mocha-broken', line);
    });

    after(() => bed?.remove());

    it('finds each test where it is written, in the order in which it would run', async () => {
      const HOOK_LOG = '/nowhere/that/a/hook/could/write';
      process.env['HOOK_LOG'] = HOOK_LOG;
      const found = await bed.discover(cjs, 'test/nested.test.js').finally(() => delete process.env['HOOK_LOG']);
      assert.deepEqual(written(found), [
        '11:3 first › one',
        '16:5 first › inner › two',
        '17:5 first › inner › two',
        '23:3 second › three',
      ]);
      assert.deepEqual(
        found.tests.map(test => test.ordinal),
        [0, 0, 1, 0],
      );
    });

    it('finds tests that .only or .skip keeps from running', async () => {
      assert.deepEqual(written(await bed.discover(cjs, 'test/only.test.js')), [
        '2:3 only › is left out',
        '3:6 only › is chosen',
        '7:3 a chosen suite › is in it',
        '8:6 a chosen suite › is skipped in it',
      ]);
    });

    it('places a test that a function makes where that function makes it', async () => {
      assert.deepEqual(written(await bed.discover(cjs, 'test/dynamic.test.js')), [
        '10:3 is made by a function',
        '6:3 grown while it runs › is written',
      ]);
    });

    it('finds no test in a file without one, and none of the preloaded file', async () => {
      assert.deepEqual(await bed.discover(cjs, 'test/empty.test.js'), { tests: [] });
    });

    it('places tests in modules and in TypeScript', async () => {
      const esm = bed.project('mocha-esm', line);
      const lines = ['9:3 modules › pass', '11:3 modules › fail', '16:3 modules › are not pending'];
      const found = await bed.discover(esm, 'test/esm.js');
      assert.deepEqual(
        found.tests.map(test => test.titlePath.join(' › ')),
        lines.map(each => each.split(' ').slice(1).join(' ')),
      );
      const typescript = bed.project('mocha-typescript', line);
      assert.deepEqual(written(await bed.discover(typescript, 'test/typed.ts')), [
        '11:3 typed › passes',
        '16:3 typed › fails on line 18',
      ]);
    });

    for (const [file, place, message] of [
      ['test/throws.js', 3, /^throws\.js cannot be loaded: RangeError: thrown while loading$/],
      ['test/syntax.js', 2, /SyntaxError: Unexpected token '='/],
      ['test/syntax-module.mjs', 4, /SyntaxError: Unexpected token '='/],
      ['test/missing-import.js', 1, /Cannot find module '\.\/not-there\.js'/],
      ['test/exits.js', 2, /process\.exit\(0\) was called while the file was being loaded\./],
      ['test/never-ready.mjs', undefined, /The process ended with code 0 before the file was loaded\./],
      ['test/late.mjs', 2, /thrown beside the loading/],
    ] as const) {
      it(`says what is wrong with ${file}`, async () => {
        const { tests, problem } = await bed.discover(broken, file);
        assert.deepEqual(tests, []);
        assert.equal(problem?.severity, 'error');
        assert.equal(problem.file, join(broken, file));
        assert.equal(problem.line, place);
        assert.match(problem.message, message);
        assert.ok(problem.fix);
      });
    }
  });
}

describe('what a look for tests comes to', () => {
  const project = projectOf('/project');
  const file = '/project/test.js';
  const found = { s: 1, t: 'found', path: ['a test'], ordinal: 0, line: 2, column: 3 } as const;

  it('is a problem where the process died', () => {
    const failure = 'ran out of memory (cap 512 MiB)';
    const outcome = { events: [found], stdout: '', stderr: 'last words\n', failure };
    const { problem } = discoveryOf(project, file, outcome);
    assert.equal(problem?.message, `test.js cannot be loaded: its process ${failure}.\nlast words`);
    assert.match(problem.fix ?? '', /"memory"/);
  });

  it('is no problem where everything had been said before', () => {
    const events = [found, { s: 2, t: 'bye' } as const];
    const { tests, problem } = discoveryOf(project, file, {
      events,
      stdout: '',
      stderr: '',
      failure: 'ended with code 1',
    });
    assert.equal(problem, undefined);
    assert.deepEqual(tests[0]?.titlePath, ['a test']);
  });
});

describe('a mocha that cannot be started for a file', function () {
  this.timeout(60_000);
  let bed: Bed;

  before(async () => (bed = await openBed()));
  after(() => bed?.remove());

  it('gives its own reason', async () => {
    const root = bed.write(
      { '.mocharc.json': '{ "ui": "no-such-ui" }', 'test/a.js': "it('a', () => {});" },
      newestLine,
    );
    const { problem } = await bed.discover(root, 'test/a.js');
    assert.match(problem?.message ?? '', /^a\.js cannot be loaded: The process ended with code 1[^]*no-such-ui/);
  });

  it('names the required module that fails', async () => {
    const files = {
      '.mocharc.json': '{ "require": "./setup.js" }',
      'setup.js': "\nthrow new Error('cannot set up');",
      'test/a.js': "it('a', () => {});",
    };
    const root = bed.write(files, newestLine);
    const { problem } = await bed.discover(root, 'test/a.js');
    assert.match(problem?.message ?? '', /cannot set up/);
    assert.deepEqual([problem?.file, problem?.line], [join(root, 'setup.js'), 2]);
  });
});
