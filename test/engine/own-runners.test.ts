import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { installFixture } from '../unit/frameworks/installed.ts';
import { jestLines, linkJest } from '../unit/frameworks/jest/versions.ts';
import { linkVitest, vitestLines } from '../unit/frameworks/vitest/versions.ts';
import { TestWorkspace } from './workspace.ts';

type State = 'passed' | 'failed' | 'skipped';
/** `title: state`, sorted: titles may be there twice. */
type Told = readonly string[];

interface OwnRunner {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly install: (root: string) => unknown;
  readonly command: readonly string[];
  /** What it wrote to the file `told.json` or printed. */
  readonly read: (written: string) => readonly (readonly [title: string, state: string])[];
  readonly isolations: readonly Isolation[];
  /** By title: what Bulkhead says in the place of the runner's own word, and why. */
  readonly differs?: Readonly<Record<string, { readonly own: State; readonly ours: State; readonly because: string }>>;
}

/** With the words of the framework for what is to do and for what comes before all tests. */
const suite = (todo: string, beforeAll: string) => `
  it('passes', () => {});
  it('same', () => {});
  it('same', () => { throw new Error('the second'); });
  it('A > "b c" $^.*[](){}|\\\\ ünï', async () => {});
  it.skip('is skipped', () => { throw new Error('never'); });
  ${todo};
  describe('suite', () => {
    let prepared = 0;
    beforeEach(() => { prepared++; });
    it('is prepared', () => { if (prepared !== 1) throw new Error(String(prepared)); });
    it('rejects', async () => { await null; throw new Error('late'); });
    it('throws no error', () => { throw 'a string'; });
    for (const n of [1, 2, 3]) it('each ' + n, () => { if (n === 2) throw new Error('two'); });
    describe.skip('of others', () => { it('is skipped with its suite', () => {}); });
    describe('in it', () => { beforeEach(() => { throw new Error('no file'); }); it('has no file', () => {}); });
  });
  describe('broken', () => { ${beforeAll}(() => { throw new Error('no database'); }); it('never runs', () => {}); });
`;

interface JestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}
const readJest = (written: string) =>
  (JSON.parse(written) as JestReport).testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status }) => [title, status] as const),
  );

type MochaReport = Readonly<Record<'passes' | 'failures' | 'pending', readonly { readonly title: string }[]>>;

const runners: readonly OwnRunner[] = [
  ...(['mocha12', 'mocha9'] as const).map((line): OwnRunner => ({
    name: line,
    isolations: line === 'mocha12' ? ['test', 'file'] : ['file'],
    files: {
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      'test/a.js': suite("it('is to do')", 'before'),
      'test/b.js': "it.only('is chosen', () => {}); it('is not', () => {});",
    },
    install: async root => {
      const installed = await installFixture('mocha-versions');
      mkdirSync(join(root, 'node_modules'));
      symlinkSync(join(installed, line), join(root, 'node_modules/mocha'), 'junction');
    },
    // A mark in one file counts for all that one process loads: each file has its own, as its cage has.
    command: [`node_modules/mocha/bin/${line === 'mocha9' ? 'mocha' : 'mocha.js'}`, '--reporter=json', '${file}'],
    read: written => {
      const report = JSON.parse(written) as MochaReport;
      const states = { passes: 'passed', failures: 'failed', pending: 'pending' } as const;
      return Object.entries(states).flatMap(([kind, state]) =>
        report[kind as keyof MochaReport].map(({ title }): [string, string] => {
          // It counts a hook that fails, and Bulkhead the test that the hook kept from running.
          const [, kept] = /^"(?:before all|before each)" hook(?: in .*)? for "(.*)"$/.exec(title) ?? [];
          return [kept ?? title, state];
        }),
      );
    },
    differs: {
      'is not': {
        own: 'skipped',
        ours: 'skipped',
        because: 'mocha forgets what .only leaves out, and Bulkhead has it as skipped',
      },
    },
  })),
  ...jestLines.map((line): OwnRunner => ({
    name: line,
    isolations: line === jestLines.at(-1) ? ['test', 'file'] : ['file'],
    files: {
      'package.json': '{ "jest": { "transform": {} } }',
      'a.test.js': suite("it.todo('is to do')", 'beforeAll'),
      'b.test.js': "it.only('is chosen', () => {}); it('is not', () => {});",
    },
    install: root => linkJest(root, line),
    command: ['node_modules/jest/bin/jest.js', '--json', '--outputFile=told.json'],
    read: readJest,
  })),
  ...([vitestLines[0], vitestLines[2]] as const).map((line): OwnRunner => ({
    name: line,
    isolations: line === 'vitest5' ? ['test', 'file'] : ['file'],
    files: {
      'package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
      'vitest.config.js': 'export default { test: { globals: true, allowOnly: true } };',
      'a.test.js': suite("it.todo('is to do')", 'beforeAll'),
      'b.test.js': "it.only('is chosen', () => {}); it('is not', () => {});",
    },
    install: root => linkVitest(root, line),
    command: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=told.json'],
    read: readJest,
    differs: {
      'never runs': {
        own: 'skipped',
        ours: 'failed',
        because: 'vitest fails the suite, of which Bulkhead has no verdict',
      },
    },
  })),
  {
    name: 'node:test',
    isolations: ['test', 'file'],
    files: {
      'package.json': '{ "scripts": { "test": "node --test" } }',
      'reporter.mjs': `export default async function* (events) {
        for await (const { type, data } of events) {
          if (!/^test:(pass|fail)$/.test(type) || data.details.type === 'suite') continue;
          const left = data.skip !== undefined || data.todo !== undefined;
          yield JSON.stringify([data.name, left ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed']) + '\\n';
        }
      }`,
      'a.test.cjs': `const { describe, it, before, beforeEach } = require('node:test');\n${suite("it.todo('is to do')", 'before')}`,
    },
    install: () => {},
    command: ['--test', '--test-reporter=./reporter.mjs', '--test-reporter-destination=stdout'],
    read: written =>
      written
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as [string, string]),
    differs: {
      'is skipped with its suite': {
        own: 'skipped',
        ours: 'skipped',
        because: 'node:test does not read what it skips, and Bulkhead has its tests as skipped',
      },
    },
  },
];

const words: Readonly<Record<string, State>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

function sorted(told: readonly (readonly [string, string])[]): Told {
  return told.map(([title, state]) => `${title}: ${words[state] ?? state}`).sort();
}

describe("the verdicts of a framework's own runner", function () {
  this.timeout(240_000);
  const workspaces: TestWorkspace[] = [];
  after(() => Promise.all(workspaces.map(workspace => workspace.remove())));

  for (const { name, files, install, command, read, isolations, differs = {} } of runners) {
    it(`are those of Bulkhead, test by test: ${name}`, async () => {
      const workspace = new TestWorkspace(files);
      workspaces.push(workspace);
      await install(workspace.root);
      const inTurn = command.includes('${file}') ? Object.keys(files).filter(file => file.startsWith('test/')) : [''];
      const own: (readonly [string, string])[] = [];
      for (const file of inTurn) own.push(...(await itself(workspace.root, command, file, read)));
      assert.ok(own.length >= 14, `${name} itself must have run: ${JSON.stringify(own)}`);
      for (const isolation of isolations) {
        const { records, summary } = await workspace.run({ isolation });
        assert.equal(summary.planned, records.length);
        const details = JSON.stringify(
          records.map(({ test, verdict, messages }) => [test.titlePath, verdict, messages]),
        );
        assert.deepEqual(sorted(inItsWords(records, own, differs)), sorted(own), `${isolation}: ${details}`);
      }
    });
  }
});

/** Each difference must be there, or it would be none. */
function inItsWords(
  records: readonly TestRecord[],
  own: readonly (readonly [string, string])[],
  differs: NonNullable<OwnRunner['differs']>,
): [string, string][] {
  return records.flatMap(({ test, verdict }): [string, string][] => {
    const title = test.titlePath.at(-1)!;
    const difference = differs[title];
    if (!difference) return [[title, verdict.kind]];
    assert.equal(words[verdict.kind], difference.ours, difference.because);
    return own.some(([each]) => each === title) ? [[title, difference.own]] : [];
  });
}

function itself(
  root: string,
  command: readonly string[],
  file: string,
  read: OwnRunner['read'],
): Promise<ReturnType<OwnRunner['read']>> {
  const args = command.map(word => word.replace('${file}', file));
  // What runs these tests says in its environment that it does.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: '' };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, env, maxBuffer: 2 ** 26 }, (error, stdout) => {
      try {
        const writes = args.some(word => word.endsWith('told.json'));
        resolve(read(writes ? readFileSync(join(root, 'told.json'), 'utf8') : stdout));
      } catch {
        reject(error ?? new Error(stdout));
      }
    });
  });
}
