import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Collection } from '../../../src/coverage/collection.ts';
import { sliceName } from '../../../src/protocol/coverage.ts';
import { Program } from './program.ts';

const library = ['export function one() {', '  return 1;', '}', 'export function two() {', '  return 2;', '}', ''].join(
  '\n',
);

describe('the coverage of a run', () => {
  let program: Program;
  beforeEach(() => {
    program = new Program({
      'lib.mjs': library,
      'one.mjs': "import { one } from './lib.mjs';\none();\n",
      'two.mjs': "import { two } from './lib.mjs';\ntwo();\n",
    });
  });
  afterEach(() => program.remove());

  const scope = () => ({ folders: [program.root], tests: ['one.mjs', 'two.mjs'].map(name => program.path(name)) });
  const begin = () => Collection.begin(program.path('.kept'), scope());
  const attempt = (key: string, folder: string, at = Date.now()) => ({
    folder,
    at,
    only: key,
    ran: [{ key, slice: sliceName([key], 0) }],
  });
  const uncovered = (collection: Collection, test?: string) =>
    collection.detail(program.path('lib.mjs'), test)?.lines.flatMap(([line, count]) => (count === 0 ? [line] : []));

  it('is that of all its processes together, and of each test alone', () => {
    const collection = begin();
    collection.take(attempt('one', program.run('one.mjs')));
    assert.deepEqual(uncovered(collection), [5, 6]);
    collection.take(attempt('two', program.run('two.mjs')));
    assert.deepEqual(uncovered(collection), []);
    assert.deepEqual(uncovered(collection, 'one'), [5, 6]);
    assert.deepEqual(uncovered(collection, 'two'), [2, 3]);
    const { files, tests, missing, problems } = collection.summary();
    assert.deepEqual(files, [
      {
        file: program.path('lib.mjs'),
        lines: { covered: 6, total: 6 },
        branches: { covered: 3, total: 3 },
        functions: { covered: 2, total: 2 },
        tests: [0, 1],
      },
    ]);
    assert.deepEqual([tests, missing, problems], [['one', 'two'], [], []]);
  });

  it('leaves no reports of V8 behind, and is known to whoever asks later', () => {
    const collection = begin();
    const folder = program.run('one.mjs');
    collection.take(attempt('one', folder));
    collection.finish();
    assert.deepEqual(readdirSync(program.path('.coverage')), []);
    const later = Collection.past(program.path('.kept'));
    assert.deepEqual(later.summary(), collection.summary());
    assert.deepEqual(uncovered(later, 'one'), [5, 6]);
    assert.throws(() => Collection.past(program.path('nowhere')), /was not measured/);
  });

  it('is put together again from its pages when its warden was killed', () => {
    const killed = begin();
    killed.take(attempt('one', program.run('one.mjs')));
    const resumed = begin();
    resumed.take(attempt('two', program.run('two.mjs')));
    assert.deepEqual(uncovered(resumed), []);
    assert.deepEqual(resumed.summary().tests.toSorted(), ['one', 'two']);
  });

  it('of a test that has its verdict already is missing where its killed warden had not read it, which is said', () => {
    const first = begin();
    first.take(attempt('one', program.run('one.mjs')));
    first.finish();
    // The next life of the run keeps a page, and is killed with a report in its hands: the sum is still that of the first.
    begin().take(attempt('two', program.run('two.mjs')));
    const resumed = Collection.begin(program.path('.kept'), scope(), ['one', 'two', 'three']);
    const { tests, missing, problems } = resumed.summary();
    assert.deepEqual([tests, missing, uncovered(resumed)], [['one', 'two'], ['three'], []]);
    assert.match(
      problems[0]?.message ?? '',
      /The coverage of 1 test is missing: .*Bulkhead was ended before it had read/,
    );
    resumed.take(attempt('three', program.run('one.mjs')));
    assert.deepEqual(resumed.summary().missing, []);
  });

  it('says which tests were ended before they could tell, also where the report was cut off', () => {
    const collection = begin();
    const nothing = program.path('.coverage/none');
    mkdirSync(nothing, { recursive: true });
    collection.take(attempt('killed', nothing));
    collection.take(attempt('never started', program.path('.coverage/no such folder')));
    const cut = program.run('one.mjs');
    for (const report of program.reports(cut)) truncateSync(report, 1000);
    collection.take(attempt('cut', cut));
    const { missing, problems, files } = collection.summary();
    assert.deepEqual([missing, files], [['killed', 'never started', 'cut'], []]);
    assert.match(problems[0]!.message, /coverage of 3 tests is missing/);
    // Tried again, it tells.
    collection.take(attempt('killed', program.run('one.mjs')));
    assert.deepEqual(collection.summary().missing, ['never started', 'cut']);
  });

  it('is not kept waiting by a pipe that a test leaves where reports are', function () {
    if (process.platform === 'win32') this.skip(); // no such pipes
    const collection = begin();
    const folder = program.run('one.mjs');
    execFileSync('mkfifo', [join(folder, 'coverage-1-2-0.json')]);
    collection.take(attempt('one', folder));
    const { files, missing } = collection.summary();
    assert.deepEqual([files.length > 0, missing], [true, []]);
  });

  it('does not guess what ran of a file that was changed meanwhile', () => {
    const collection = begin();
    const started = Date.now();
    const folder = program.run('one.mjs');
    program.write('lib.mjs', `// A new line.\n${library}`);
    const soon = new Date(started + 60_000);
    utimesSync(program.path('lib.mjs'), soon, soon);
    collection.take(attempt('one', folder, started));
    const { files, problems } = collection.summary();
    assert.deepEqual(files, []);
    assert.match(problems[0]!.message, /changed while tests ran it/);
    assert.equal(problems[0]!.file, program.path('lib.mjs'));
  });

  it('is of the newer text where a file was changed between two tests', () => {
    const collection = begin();
    collection.take(attempt('one', program.run('one.mjs')));
    program.write('lib.mjs', `// A new line.\n${library}`);
    const before = new Date(Date.now() - 1000);
    utimesSync(program.path('lib.mjs'), before, before);
    collection.take(attempt('two', program.run('two.mjs')));
    assert.deepEqual(uncovered(collection), [3, 4]);
  });

  it('gives each test of a shared process its own slices, and what lies between them to none', () => {
    const collection = begin();
    const shared = program.path('.coverage/shared');
    mkdirSync(shared, { recursive: true });
    for (const [name, slice] of [
      ['one.mjs', `slice-1-0-${sliceName(['one'], 0)}`],
      ['two.mjs', 'slice-1-1'],
    ] as const) {
      for (const report of program.reports(program.run(name))) renameSync(report, join(shared, `${slice}.json`));
    }
    const ran = ['one', 'two'].map(key => ({ key, slice: sliceName([key], 0) }));
    collection.take({ folder: shared, at: Date.now(), only: null, ran });
    assert.deepEqual(uncovered(collection), []);
    assert.deepEqual(uncovered(collection, 'one'), [5, 6]);
    assert.equal(collection.detail(program.path('lib.mjs'), 'two'), null);
    assert.deepEqual(collection.summary().missing, ['two']);
  });

  it('is of the files of the workspace alone, by the paths that it knows them by', () => {
    program.write('node_modules/dependency/index.js', 'exports.three = 3;\n');
    program.write('three.mjs', "import 'dependency';\nimport './lib.mjs';\n");
    const linked = `${program.root}-link`;
    symlinkSync(program.root, linked);
    try {
      const collection = Collection.begin(program.path('.kept'), { folders: [linked], tests: [] });
      collection.take(attempt('three', program.run('three.mjs')));
      const files = collection.summary().files.map(({ file }) => file);
      assert.deepEqual(files, [join(linked, 'lib.mjs'), join(linked, 'three.mjs')]);
    } finally {
      rmSync(linked);
    }
  });

  it('bears reports and source maps that make no sense', () => {
    const collection = begin();
    const folder = program.run('one.mjs');
    const wild = program.path('.coverage/wild');
    cpSync(folder, wild, { recursive: true });
    program.write(
      '.coverage/wild/a.json',
      '{"result":[{"url":"file:///%","functions":[]},{"url":"x","functions":[]}]}',
    );
    program.write('.coverage/wild/b.json', '[1, 2]');
    const url = new URL(`file://${program.path('lib.mjs')}`).href;
    const map = { lineLengths: [1], data: { version: 3, sources: ['lib.mjs'], mappings: '!!', names: [] } };
    const script = { url, scriptId: '1', functions: [{ functionName: '', ranges: [], isBlockCoverage: true }] };
    program.write('.coverage/wild/c.json', JSON.stringify({ result: [script], 'source-map-cache': { [url]: map } }));
    collection.take(attempt('one', wild));
    assert.deepEqual(collection.summary().missing, []);
  });
});
