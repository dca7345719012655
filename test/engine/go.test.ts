import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { newestGo } from '../unit/frameworks/go/versions.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

/** What `go test` itself says of each test of a package, in the words of verdicts. */
function goesByItself(folder: string, go = 'go', flags: readonly string[] = []): Map<string, string> {
  const args = ['test', '-count=1', '-json', ...flags, '.'];
  const { stdout } = spawnSync(go, args, { cwd: folder, encoding: 'utf8' });
  const words: Readonly<Record<string, string>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };
  const said = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { Action: string; Test?: string });
  return new Map(said.flatMap(({ Action, Test }) => (Test && words[Action] ? [[Test, words[Action]] as const] : [])));
}

function verdictsOf(records: readonly TestRecord[]): Map<string, string> {
  return new Map(records.map(({ test, verdict }) => [test.titlePath.join('/'), verdict.kind]));
}

describe('go tests', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  let native: Map<string, string>;
  const results = new Map<Isolation, RunResult>();

  before(async () => {
    workspace = TestWorkspace.ofFixture('go-project');
    native = goesByItself(workspace.root);
    for (const isolation of ['test', 'file'] as const) results.set(isolation, await workspace.run({ isolation }));
  });
  after(() => workspace.remove());

  for (const isolation of ['test', 'file'] as const) {
    it(`have the verdicts of go test, sub-tests included, with a cage for each ${isolation}`, () => {
      const { records, summary } = results.get(isolation)!;
      const own = verdictsOf(records.filter(({ test }) => test.file.endsWith('shop_test.go')));
      assert.ok(native.size > 20, 'go test itself must have run');
      // Before Go 1.20, `go test -json` loses a result behind output without an end of line or with a long name, and believes a
      // printed one.
      assert.equal(own.get('TestPrintsWithoutNewline'), 'passed');
      assert.equal(own.get('TestPrintsWhatLooksLikeAResult'), 'passed');
      assert.equal(own.get('TestPasses'), 'passed');
      const long = [...own.keys()].find(name => name.startsWith('TestLongTitle/'))!;
      assert.equal(own.get(long), 'passed');
      for (const name of [long, 'TestPrintsWithoutNewline', 'TestPrintsWhatLooksLikeAResult', 'TestPasses']) {
        own.delete(name);
        native.delete(name);
      }
      assert.deepEqual(new Map([...own].sort()), new Map([...native].sort()));
      assert.equal(summary.planned, records.length);
    });

    it(`fail alone when they panic, with a cage for each ${isolation}`, () => {
      const { records } = results.get(isolation)!;
      const inner = records.filter(({ test }) => test.file.endsWith('panics_test.go'));
      assert.deepEqual(Object.fromEntries(verdictsOf(inner)), {
        TestBefore: 'passed',
        TestPanics: 'failed',
        TestAfter: 'passed',
      });
      const [panic] = inner.find(({ test }) => test.titlePath[0] === 'TestPanics')!.messages;
      assert.match(panic!.text, /^panic: assignment to entry in nil map/);
      assert.deepEqual([panic!.file, panic!.line], [join(workspace.root, 'inner/panics_test.go'), 9]);
    });
  }

  it('tell of a package that cannot be built at its place, and leave out what is not for this system', () => {
    const { records } = results.get('test')!;
    const broken = records.find(({ test }) => test.file.endsWith('broken_test.go'))!;
    assert.equal(broken.verdict.kind, 'error');
    assert.equal(broken.messages[0]?.line, 6);
    assert.match(broken.messages[0]?.text ?? '', /undefined: undefinedName/);
    assert.ok(!records.some(({ test }) => test.file.endsWith('constrained_test.go')));
  });

  it('have a message with its place for each thing that they report', () => {
    const failed = results.get('test')!.records.find(({ test }) => test.titlePath[0] === 'TestFails')!;
    assert.deepEqual(
      failed.messages.map(({ text, line }) => [text, line]),
      [
        ['a first word', 13],
        ['expected 1,\n    got 2', 14],
      ],
    );
  });

  it('run a single sub-test, and it alone', async () => {
    const notices: never[] = [];
    const client = await workspace.warden(notices);
    const [project] = await workspace.projects(client);
    const file = join(workspace.root, 'shop_test.go');
    await client.request('run', {
      run: 'all',
      selection: { kind: 'some', projects: [{ project: project!.id, files: [{ file }] }] },
      overrides: {},
    });
    const { tests } = await client.request('discover', { project: project!.id, file });
    const wanted = tests.filter(({ titlePath }) => ['b_c', '(.*)[x]+$'].includes(titlePath.at(-1)!));
    assert.ok(wanted.every(({ dynamic }) => dynamic));
    const summary = await client.request('run', {
      run: 'two',
      selection: {
        kind: 'some',
        projects: [{ project: project!.id, files: [{ file, tests: wanted.map(({ key }) => key) }] }],
      },
      overrides: {},
    });
    assert.equal(wanted.length, 2);
    // The second has a sub-test of its own, which comes with it.
    assert.deepEqual([summary.planned, summary.counts], [3, { failed: 1, passed: 2 }]);
  });

  it('say what is missing where there is no Go', async () => {
    const other = TestWorkspace.ofFixture('go-project', {
      'bulkhead.config.json': '{"frameworks": {"go": {"go": "no-such-go"}, "mocha": false}}',
    });
    const client = await other.warden();
    const { projects, problems } = await client.request('projects', {});
    assert.deepEqual(projects, []);
    assert.match(problems[0]?.message ?? '', /no-such-go/);
    assert.match(problems[0]?.fix ?? '', /frameworks\.go/);
    await other.remove();
  });
});

describe('go tests in the newest version', function () {
  this.timeout(240_000);
  let go: string;
  let workspace: TestWorkspace;

  before(async function () {
    const line = await newestGo();
    if ('missing' in line) {
      console.warn(`      skipped: ${line.name}: ${line.missing}`);
      return this.skip();
    }
    console.log(`      with ${line.name}`);
    go = line.go;
    workspace = TestWorkspace.ofFixture('go-project');
  });
  after(() => workspace?.remove());

  const configured = (args: readonly string[]) =>
    workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { go: { go, args }, mocha: false } }));
  const shopOf = ({ records }: RunResult) => records.filter(({ test }) => test.file.endsWith('shop_test.go'));

  it('have the verdicts of go test, sub-tests included', async () => {
    // What its vet objects to is in the fixture.
    const flags = ['-vet=off'];
    configured(flags);
    const native = goesByItself(workspace.root, go, flags);
    assert.ok(native.size > 20, 'go test itself must have run');
    for (const isolation of ['test', 'file'] as const) {
      const own = verdictsOf(shopOf(await workspace.run({ isolation })));
      // Its long name is too much for `go test -json`.
      const long = [...own.keys()].find(name => name.startsWith('TestLongTitle/'))!;
      assert.equal(own.get(long), 'passed');
      own.delete(long);
      assert.deepEqual(new Map([...own].sort()), new Map([...native].sort()), `with a cage for each ${isolation}`);
    }
  });

  it('of a package that go vet objects to are not run, as go test has it', async () => {
    configured([]);
    assert.equal(goesByItself(workspace.root, go).size, 0);
    const [told, ...others] = shopOf(await workspace.run());
    assert.deepEqual([told!.verdict.kind, others], ['error', []]);
    assert.match(told!.messages[0]!.text, /ExampleWrong refers to unknown identifier: Wrong/);
    assert.equal(told!.messages[0]!.line, 64);
  });
});
