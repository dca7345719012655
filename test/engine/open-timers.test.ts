import assert from 'node:assert/strict';
import { linkJest } from '../unit/frameworks/jest/versions.ts';
import { TestWorkspace } from './workspace.ts';

/** Two leave a timer: that of the first has ended by itself when the tests have, and the other keeps the process from ending. */
const body = `
  const rest = ms => new Promise(done => setTimeout(done, ms));
  it('leaves one for a moment', () => { setTimeout(() => {}, 40); });
  it('leaves one for ever', () => { setInterval(() => {}, 60_000); });
  it('takes its time', () => rest(120));
  it('is the last', () => {});
`;

interface Case {
  readonly framework: string;
  readonly files: Readonly<Record<string, string>>;
  readonly link: (workspace: TestWorkspace) => unknown;
}

const cases: readonly Case[] = [
  {
    framework: 'mocha',
    files: { 'package.json': '{ "devDependencies": { "mocha": "*" } }', 'test/a.test.js': body },
    link: workspace => workspace.linkFrameworks(),
  },
  {
    framework: 'jest',
    files: { 'package.json': '{ "jest": {} }', 'a.test.js': body },
    link: workspace => linkJest(workspace.root, 'jest30'),
  },
  {
    framework: 'node:test',
    files: {
      'package.json': '{ "scripts": { "test": "node --test" } }',
      'a.test.js': `const { it } = require('node:test');${body}`,
    },
    link: () => undefined,
  },
];

describe('a timer that keeps the process of several tests from ending', function () {
  this.timeout(60_000);
  let workspace: TestWorkspace;
  afterEach(() => workspace.remove());

  for (const { framework, files, link } of cases) {
    it(`is charged to the one that left it: ${framework}`, async () => {
      workspace = new TestWorkspace(files);
      await link(workspace);
      const { records } = await workspace.run({ isolation: 'file', teardown: 1500, grace: 0 });
      assert.deepEqual(
        records.map(({ test, verdict, attributes }) => [
          test.titlePath.at(-1),
          verdict.kind,
          attributes.flatMap(each => (each.kind === 'left-open' ? each.what : [])),
        ]),
        [
          ['leaves one for a moment', 'passed', []],
          ['leaves one for ever', 'timed-out', ['Timeout']],
          ['takes its time', 'passed', []],
          ['is the last', 'passed', []],
        ],
      );
    });
  }
});
