import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Isolation } from '../../src/config/settings.ts';
import type { TestRecord } from '../../src/protocol/verdict.ts';
import { newestCmake, oldestCmake } from '../unit/frameworks/ctest/versions.ts';
import { type RunResult, TestWorkspace } from './workspace.ts';

/** What ctest itself says of each test, by its number. */
function ctestByItself(folder: string, program = 'ctest'): string[] {
  const { stdout } = spawnSync(program, [], { cwd: folder, encoding: 'utf8' });
  const said = [
    ...stdout.matchAll(
      /Test +#(\d+): (.*?) \.+(?:.*\*\*\*| +)(Passed|Failed|Skipped|Timeout|Exception|Not Run(?: \(Disabled\))?)/g,
    ),
  ];
  return said.map(([, number = '', name = '', how]) => `${number.padStart(2)} ${name}: ${how}`).sort();
}

const words = (willFail: boolean): Readonly<Record<string, string>> => ({
  Passed: willFail ? 'expected-failure' : 'passed',
  Failed: 'failed',
  Timeout: 'failed',
  Skipped: 'skipped',
  'Not Run (Disabled)': 'skipped',
  'Not Run': 'error',
});

function inVerdicts(native: readonly string[]): string[] {
  return native
    .map(line => {
      const [, name = '', how = ''] = /^ *\d+ (.*): (.*)$/.exec(line) ?? [];
      const crash = name === 'killed' ? 'killed-outside' : 'crashed';
      assert.ok(how, line);
      return `${name}: ${how === 'Exception' ? crash : words(name === 'will-fail')[how]}`;
    })
    .sort();
}

describe('ctest tests', function () {
  this.timeout(240_000);
  let workspace: TestWorkspace;
  let native: string[];
  const results = new Map<Isolation, RunResult>();

  before(async () => {
    workspace = TestWorkspace.copyOf('ctest-project');
    execFileSync('cmake', ['-S', '.', '-B', 'build'], { cwd: workspace.root });
    native = ctestByItself(join(workspace.root, 'build'));
    for (const isolation of ['test', 'file'] as const) results.set(isolation, await workspace.run({ isolation }));
  });
  after(() => workspace.remove());

  const records = (isolation: Isolation) => results.get(isolation)!.records;
  const find = (name: string, isolation: Isolation = 'test'): TestRecord =>
    records(isolation).find(({ test }) => test.titlePath[0] === name)!;

  for (const isolation of ['test', 'file'] as const) {
    it(`have the verdicts of ctest, with a cage for each ${isolation}`, () => {
      assert.equal(native.length, 24, 'ctest itself must have run');
      const own = records(isolation).map(({ test, verdict }) => `${test.titlePath[0]}: ${verdict.kind}`);
      assert.deepEqual(own.sort(), inVerdicts(native));
      assert.equal(results.get(isolation)!.summary.planned, 24);
    });

    it(`name the signal of a crash and the fixture that failed, with a cage for each ${isolation}`, () => {
      assert.deepEqual(find('segv', isolation).verdict, {
        kind: 'crashed',
        signal: 'SIGSEGV',
        reportedBy: 'framework',
      });
      assert.match(find('needs-broken', isolation).messages[0]!.text, /Failed test dependencies: broken/);
      assert.match(find('missing', isolation).messages[0]!.text, /Could not find executable/);
    });
  }

  it('may print what looks like the words of ctest', () => {
    assert.match(find('forges').output.text, /^hello\n +Start +2: fails\n/);
    assert.equal(find('forges', 'file').verdict.kind, 'passed');
    assert.equal(find('fails', 'file').verdict.kind, 'failed');
  });

  it('say where they were added, and what they printed', () => {
    const [message] = find('fails').messages;
    assert.deepEqual([message!.file, message!.line], [join(workspace.root, 'CMakeLists.txt'), 9]);
    assert.match(message!.text, /^bad$/m);
    assert.match(find('timeout').messages[0]!.text, /its own TIMEOUT/);
  });

  it('are built before they run, and what cannot be built is said', async () => {
    workspace.write(
      'CMakeLists.txt',
      'cmake_minimum_required(VERSION 3.14)\nproject(shop NONE)\nenable_testing()\nadd_test(NAME new COMMAND true)\n',
    );
    assert.deepEqual((await workspace.run()).verdicts, { new: 'passed' });
    workspace.write(
      'CMakeLists.txt',
      'cmake_minimum_required(VERSION 3.14)\nproject(shop NONE)\nenable_testing()\nadd_test(NAME new COMMAND true)\nadd_custom_target(broken ALL COMMAND false)\n',
    );
    const {
      records: [broken],
    } = await workspace.run();
    assert.equal(broken!.verdict.kind, 'error');
    assert.match(broken!.messages[0]!.text, /cannot be built; the build ended with code 2/);
  });
});

describe('a ctest that cannot list', function () {
  this.timeout(120_000);

  it('is told with what it did, and hangs nothing', async () => {
    const workspace = TestWorkspace.copyOf('ctest-project');
    try {
      execFileSync('cmake', ['-S', '.', '-B', 'build'], { cwd: workspace.root, stdio: 'ignore' });
      const hangs = workspace.write('hangs.sh', '#!/bin/sh\nexec sleep 600\n');
      const exits = workspace.write('exits.sh', '#!/bin/sh\necho "no licence" >&2\nexit 3\n');
      const speaks = workspace.write('speaks.sh', '#!/bin/sh\necho "No tests were found!!!"\n');
      const cases = {
        [hangs]: /still running after/,
        [exits]: /code 3[^]*no licence/,
        [speaks]: /did not print a list/,
      };
      for (const [ctest, said] of Object.entries(cases)) {
        workspace.write('bulkhead.config.json', JSON.stringify({ startup: '3s', frameworks: { ctest: { ctest } } }));
        const { projects, problems } = await (await workspace.warden()).request('projects', {});
        assert.deepEqual(
          projects.filter(({ framework }) => framework === 'ctest'),
          [],
        );
        const problem = problems.find(({ message }) => message.includes('cannot be listed'))!;
        assert.match(problem.message, said);
        assert.match(problem.fix ?? '', /frameworks\.ctest\.ctest/);
      }
    } finally {
      await workspace.remove();
    }
  });

  it('is not asked before cmake has configured a folder, which is said', async () => {
    const workspace = TestWorkspace.copyOf('ctest-project');
    try {
      const client = await workspace.warden();
      const { problems } = await client.request('projects', {});
      assert.deepEqual(
        problems.map(({ severity, file, fix }) => [severity, file, /cmake -B build/.test(fix ?? '')]),
        [['hint', join(workspace.root, 'CMakeLists.txt'), true]],
      );
      execFileSync('cmake', ['-S', '.', '-B', 'build'], { cwd: workspace.root, stdio: 'ignore' });
      assert.deepEqual((await client.request('projects', {})).problems, []);
    } finally {
      await workspace.remove();
    }
  });

  it('is asked again when a listfile of the sources is written, wherever they are built', async () => {
    const workspace = TestWorkspace.copyOf('ctest-project');
    try {
      execFileSync('cmake', ['-S', '.', '-B', 'out/debug'], { cwd: workspace.root, stdio: 'ignore' });
      const [project] = await workspace.projects(await workspace.warden());
      assert.ok(project!.watch.includes('../../**/CMakeLists.txt'), project!.watch.join());
    } finally {
      await workspace.remove();
    }
  });
});

describe('ctest tests in another version', function () {
  this.timeout(240_000);

  for (const [which, find] of Object.entries({ oldest: oldestCmake, newest: newestCmake })) {
    it(`have the verdicts of ctest itself: the ${which}`, async function () {
      const line = await find();
      if ('missing' in line) {
        console.warn(`      skipped: ${line.name}: ${line.missing}`);
        return this.skip();
      }
      console.log(`      with ${line.name}`);
      const ctest = join(line.bin, 'ctest');
      const workspace = TestWorkspace.copyOf('ctest-project');
      try {
        execFileSync(join(line.bin, 'cmake'), ['-S', '.', '-B', 'build'], { cwd: workspace.root });
        const native = ctestByItself(join(workspace.root, 'build'), ctest);
        assert.equal(native.length, 24, 'ctest itself must have run');
        workspace.write('bulkhead.config.json', JSON.stringify({ frameworks: { ctest: { ctest } } }));
        for (const isolation of ['test', 'file'] as const) {
          const { records } = await workspace.run({ isolation });
          const own = records.map(({ test, verdict }) => `${test.titlePath[0]}: ${verdict.kind}`);
          assert.deepEqual(own.sort(), inVerdicts(native), `with a cage for each ${isolation}`);
          assert.deepEqual(records.find(({ test }) => test.titlePath[0] === 'segv')!.verdict, {
            kind: 'crashed',
            signal: 'SIGSEGV',
            reportedBy: 'framework',
          });
        }
      } finally {
        await workspace.remove();
      }
    });
  }
});
