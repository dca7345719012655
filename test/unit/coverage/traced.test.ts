import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, truncateSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Collection } from '../../../src/coverage/collection.ts';
import type { Arc } from '../../../src/coverage/shelf.ts';
import { tracedDetail } from '../../../src/coverage/traced.ts';
import { type SourceSurvey, sliceName } from '../../../src/protocol/coverage.ts';
import { Program } from './program.ts';

const text = 'def f(a,\n      b):\n    if a:\n        return b\n    return 0\n';

function surveyOf(file: string): SourceSurvey {
  return {
    file,
    text: createHash('sha256').update(text).digest('hex'),
    statements: [1, 3, 4, 5],
    firsts: [[2, 1]],
    branches: [{ line: 3, column: 5, to: [4, 5], free: false }],
    functions: [{ name: 'f', line: 1, column: 1, endLine: 5, endColumn: 13, entry: 1, body: 3 }],
  };
}

const loaded: readonly Arc[] = [
  [-1, 1],
  [1, -1],
];
const called: readonly Arc[] = [
  [-1, 3],
  [3, 4],
  [4, -1],
];

describe('what coverage.py has noted', () => {
  let program: Program;
  beforeEach(() => (program = new Program({ 'm.py': text, 'test_m.py': '' })));
  afterEach(() => program.remove());

  const begin = () => Collection.begin(program.path('.kept'), { folders: [program.root], tests: [] });

  /** As coverage.py writes it, in both of its lines that are in use. */
  function database(contexts: Readonly<Record<string, readonly Arc[]>>, at = Date.now()) {
    const folder = program.path(`.raw/${Math.random()}`);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'arcs.host.1.x');
    const sqlite = new DatabaseSync(path);
    sqlite.exec(`CREATE TABLE file (id integer primary key, path text); CREATE TABLE context (id integer primary key, context text);
      CREATE TABLE arc (file_id integer, context_id integer, fromno integer, tono integer)`);
    sqlite.prepare('INSERT INTO file VALUES (1, ?)').run(program.path('m.py'));
    for (const [index, [context, arcs]] of Object.entries(contexts).entries()) {
      sqlite.prepare('INSERT INTO context VALUES (?, ?)').run(index, context);
      for (const arc of arcs) sqlite.prepare('INSERT INTO arc VALUES (1, ?, ?, ?)').run(index, ...arc);
    }
    sqlite.close();
    const ran = ['a', 'b'].map(key => ({ key, slice: sliceName([key], 0) }));
    return { path, attempt: { folder, at, only: null, ran } };
  }

  const linesOf = (collection: Collection, test?: string) =>
    collection.detail(program.path('m.py'), test)?.lines.flatMap(([line, count]) => (count > 0 ? [line] : []));

  it('is each test’s own, and all of it together, once it is known what could have run', () => {
    const collection = begin();
    const [a, b] = [sliceName(['a'], 0), sliceName(['b'], 0)];
    collection.take(database({ '': loaded, [a]: called, [`static|${b}`]: [[3, 5]] }).attempt);
    assert.deepEqual(collection.unsurveyed(), { files: [program.path('m.py')], config: null });
    assert.deepEqual(collection.summary().files, []);
    collection.survey([surveyOf(program.path('m.py'))]);
    assert.deepEqual(collection.unsurveyed().files, []);
    assert.deepEqual(
      [linesOf(collection), linesOf(collection, 'a'), linesOf(collection, 'b')],
      [
        [1, 3, 4, 5],
        [3, 4],
        [3, 5],
      ],
    );
    collection.finish();
    const later = Collection.past(program.path('.kept'));
    const [file] = later.summary().files;
    assert.deepEqual(file?.tests, [0, 1]);
    assert.deepEqual(file?.branches, { covered: 2, total: 2 });
    assert.deepEqual(linesOf(later, 'a'), [3, 4]);
  });

  it('is put together again when its warden was killed before it could ask what could have run', () => {
    const killed = begin();
    killed.take(database({ [sliceName(['a'], 0)]: called }).attempt);
    const resumed = begin();
    assert.deepEqual(resumed.unsurveyed().files, [program.path('m.py')]);
    resumed.survey([surveyOf(program.path('m.py'))]);
    assert.deepEqual(linesOf(resumed, 'a'), [3, 4]);
    assert.deepEqual(resumed.summary().files[0]?.tests, [0]);
  });

  it('is missing of tests whose database was cut off, and of a file that was changed meanwhile', () => {
    const collection = begin();
    const cut = database({ [sliceName(['a'], 0)]: called });
    truncateSync(cut.path, 1000);
    collection.take(cut.attempt);
    assert.deepEqual(collection.summary().missing, ['a', 'b']);
    const changed = database({ [sliceName(['a'], 0)]: called });
    const soon = new Date(Date.now() + 60_000);
    utimesSync(program.path('m.py'), soon, soon);
    collection.take(changed.attempt);
    assert.deepEqual(collection.unsurveyed().files, []);
    assert.match(collection.summary().problems[0]!.message, /changed while tests ran it/);
  });

  it('says of no test that its process was ended where the interpreter cannot measure', () => {
    const collection = begin();
    for (const [kind, words] of [
      ['missing', /does not have coverage\.py/],
      ['too-old', /older than 5/],
      ['unusable', /cannot start: why/],
    ] as const) {
      const folder = program.path(`.raw/${kind}`);
      program.write(
        `.raw/${kind}/python.json`,
        JSON.stringify({ program: kind, config: null, lacking: { kind, text: 'why' } }),
      );
      collection.take({ folder, at: Date.now(), only: 'a', ran: [{ key: 'a', slice: 'x' }] });
      assert.match(collection.summary().problems.at(-1)!.message, words);
    }
    assert.deepEqual(collection.summary().missing, []);
    collection.finish();
    assert.equal(Collection.past(program.path('.kept')).summary().problems.length, 3);
  });

  it('counts statements by the line that they begin in, and a function in a line of its own when it is entered', () => {
    const survey = {
      ...surveyOf('x.py'),
      functions: [
        { name: 'one', line: 8, column: 1, endLine: 8, endColumn: 20, entry: 7, body: 8 },
        { name: 'other', line: 9, column: 1, endLine: 9, endColumn: 20, entry: 9, body: 9 },
      ],
    };
    const { lines, branches, functions } = tracedDetail(survey, [
      [2, 3],
      [3, 4],
      [-7, 8],
      [8, 9],
    ]);
    assert.deepEqual(lines, [
      [1, 1],
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    assert.deepEqual(
      branches.map(({ count }) => count),
      [1, 0],
    );
    assert.deepEqual(
      functions.map(({ name, count }) => `${name} ${count}`),
      ['one 1', 'other 0'],
    );
  });

  it('has the names of tests as JavaScript has them', function () {
    const titles = [
      'a',
      'Ünï ✓ 🚢',
      'line\u2028 \u0000\b\f\n\r\t\u001f\u007f"\\/',
      '\ud800 lone',
      'x'.repeat(1_000_000),
    ];
    const script = [
      'import json, sys',
      'from bulkhead_inside.slices import slice_name',
      'print(json.dumps([slice_name([each, "[1]"], 2) for each in json.load(sys.stdin)]))',
    ].join('\n');
    const env = {
      ...process.env,
      PYTHONPATH: resolve(import.meta.dirname, '../../../src/frameworks/pytest/inside'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    let printed: string;
    try {
      printed = execFileSync('python3', ['-c', script], { env, input: JSON.stringify(titles), encoding: 'utf8' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      console.warn('      skipped: there is no python3 here');
      return this.skip();
    }
    assert.deepEqual(
      JSON.parse(printed),
      titles.map(title => sliceName([title, '[1]'], 2)),
    );
  });
});
