import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WardenClient } from '../../src/client/client.ts';
import type { Notice, RunSummary } from '../../src/protocol/messages.ts';
import type { SettingsLayer } from '../../src/protocol/settings.ts';
import { type JestLine, jestLines, linkJest } from '../unit/frameworks/jest/versions.ts';
import { linkVitest, type VitestLine, vitestLines } from '../unit/frameworks/vitest/versions.ts';
import { marked } from './alive.ts';
import { Inspector } from './inspector.ts';
import { TestWorkspace } from './workspace.ts';

type Waiting = Extract<Notice, { notice: 'debugger' }>;
type Files = Readonly<Record<string, string>>;

interface Debugged {
  /** Its fourth line is where the debugger stops, for longer than the test's own limit. */
  readonly files: (more?: string) => Files;
  /** Absent: one that this repository has itself. */
  readonly install?: (root: string) => Promise<unknown>;
}

const body = (more = '') => `const here = 1;\n  ${more}`;
const mocha: Debugged = {
  files: more => ({
    'package.json': '{}',
    '.mocharc.json': '{ "spec": "*.test.js" }',
    'a.test.js': `const mark = process.env.MARK;\nit('is looked at', function () {\n  this.timeout(50);\n  ${body(more)}\n});\n`,
  }),
};
const nodeTest: Debugged = {
  files: more => ({
    'package.json': JSON.stringify({ scripts: { test: 'node --test' } }),
    'a.test.js': `const { it } = require('node:test');\nit('is looked at', { timeout: 50 }, async () => {\n  await null;\n  ${body(more)}\n});\n`,
  }),
};
const jest = (line: JestLine): Debugged => ({
  install: root => linkJest(root, line),
  files: more => ({
    'package.json': '{ "jest": { "testTimeout": 50, "transform": {} } }',
    'a.test.js': `beforeEach(async () => {}, 50);\ntest('is looked at', async () => {\n  await null;\n  ${body(more)}\n}, 50);\n`,
  }),
});
const vitest = (line: VitestLine): Debugged => ({
  install: root => linkVitest(root, line),
  files: more => ({
    'package.json': '{ "type": "module" }',
    'vitest.config.js': "export default { test: { testTimeout: 50, hookTimeout: 50, pool: 'threads' } };",
    'a.test.js': `import { test } from 'vitest';\ntest('is looked at', async () => {\n  await null;\n  ${body(more)}\n});\n`,
  }),
});
const named = <T extends string>(lines: readonly T[], made: (line: T) => Debugged) =>
  lines.map(line => [line, made(line)] as const);
const newest = [['mocha', mocha], ...named(['jest30'], jest), ...named(['vitest5'], vitest)] as const;
const each = [
  ['mocha', mocha],
  ['node:test', nodeTest],
  ...named(jestLines, jest),
  ...named(vitestLines, vitest),
] as const;

/** A run with a debugger, under limits that are much shorter than a look takes. */
class DebugRun {
  readonly workspace: TestWorkspace;
  readonly notices: Notice[] = [];
  warden!: WardenClient;
  ended!: Promise<RunSummary>;

  static async begin(
    { files, install }: Debugged,
    overrides: SettingsLayer = {},
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<DebugRun> {
    const run = new DebugRun(files());
    if (install) await install(run.workspace.root);
    else run.workspace.linkFrameworks();
    await run.#begin({ timeout: 300, grace: 100, ...overrides }, env);
    return run;
  }

  private constructor(files: Files) {
    this.workspace = new TestWorkspace(files);
  }

  async #begin(overrides: SettingsLayer, env: NodeJS.ProcessEnv): Promise<void> {
    this.warden = await this.workspace.warden(this.notices, { env });
    this.ended = this.warden.request('run', { run: 'r', selection: { kind: 'all' }, overrides, debug: true });
    this.ended.catch(() => {});
  }

  get waiting(): readonly Waiting[] {
    return this.notices.filter(notice => notice.notice === 'debugger');
  }

  get records() {
    return this.notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
  }

  /** Attaches to the process that waits after so many others. */
  async inspector(before = 0): Promise<Inspector> {
    let over = false;
    void this.ended.finally(() => (over = true)).catch(() => {});
    while (this.waiting.length <= before) {
      if (over) throw new Error(`the run ended without waiting: ${JSON.stringify(this.records)}`);
      await sleep(10);
    }
    return Inspector.at(this.waiting[before]!);
  }
}

describe('a run with a debugger', () => {
  let run: DebugRun | undefined;

  afterEach(async () => {
    await run?.workspace.remove();
    run = undefined;
  });

  for (const [framework, debugged] of each) {
    it(`waits at a breakpoint for longer than any limit, and passes: ${framework}`, async () => {
      run = await DebugRun.begin(debugged);
      const inspector = await run.inspector();
      assert.match(run.waiting[0]!.label, /is looked at/);
      inspector.begin({ file: 'a.test.js', line: 4 });
      assert.equal(await inspector.paused, 4);
      await sleep(1000);
      assert.equal(run.records.length, 0);
      inspector.resume();
      assert.deepEqual((await run.ended).counts, { passed: 1 }, JSON.stringify(run.records));
      assert.doesNotMatch(run.records[0]!.output.text, /debugger|inspector/i);
    });
  }

  for (const [framework, { files, ...others }] of newest) {
    it(`still has the cap on memory: ${framework}`, async () => {
      const hog = 'const held = []; for (let n = 0; n < 100; n++) held.push(Buffer.alloc(4 << 20, 1));';
      run = await DebugRun.begin({ ...others, files: () => files(hog) }, { memory: 256 * 1024 ** 2 });
      const inspector = await run.inspector();
      inspector.begin({ file: 'a.test.js', line: 4 });
      await inspector.paused;
      inspector.resume();
      assert.deepEqual((await run.ended).counts, { 'out-of-memory': 1 }, JSON.stringify(run.records));
    });

    it(`is ended by Stop while it is at a breakpoint, with nothing left alive: ${framework}`, async () => {
      const mark = `bulkhead-debug-${framework}-${process.pid}`;
      const sleeper =
        "process.getBuiltinModule('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });\n";
      const all = { ...files(), 'a.test.js': sleeper + files()['a.test.js']! };
      run = await DebugRun.begin({ ...others, files: () => all }, {}, { ...process.env, MARK: mark });
      const inspector = await run.inspector();
      inspector.begin({ file: 'a.test.js', line: 5 });
      assert.equal(await inspector.paused, 5);
      const [cage] = (await run.warden.request('status', {})).cages;
      assert.ok(cage?.processes.some(({ command }) => command.includes('sleep 300')));
      const { survivors } = await run.warden.request('stop', { hard: false });
      assert.deepEqual(survivors, []);
      assert.deepEqual((await run.ended).counts, { cancelled: 1 });
      assert.deepEqual((await run.warden.request('status', {})).cages, []);
      await run.warden.close();
      assert.deepEqual(marked(mark), []);
    });
  }

  it('waits once for all tests of a file, and takes one file after the other', async () => {
    const file = "const { it } = require('node:test');\nit('one', () => {});\nit('two', () => {});\n";
    const files = { 'package.json': nodeTest.files()['package.json']!, 'a.test.js': file, 'b.test.js': file };
    run = await DebugRun.begin({ files: () => files }, { jobs: 2 });
    for (const number of [0, 1]) {
      const inspector = await run.inspector(number);
      assert.equal(run.waiting.length, number + 1);
      assert.equal(run.waiting[number]!.tests.length, 2);
      inspector.begin();
    }
    assert.deepEqual((await run.ended).counts, { passed: 4 });
  });

  it('says of what it cannot debug that it cannot, and why', async () => {
    const shell = { name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] };
    const config = JSON.stringify({
      frameworks: { command: [shell] },
      overrides: [{ files: 'a.test.js', network: 'off' }],
    });
    const files = { ...mocha.files(), 'bulkhead.config.json': config, 'a.sh': 'exit 0' };
    run = await DebugRun.begin({ files: () => files });
    assert.deepEqual((await run.ended).counts, { error: 2 });
    const texts = run.records.map(({ messages }) => messages[0]!.text).sort();
    assert.match(texts[0]!, /^Bulkhead cannot debug tests of command\.\n/);
    assert.match(texts[1]!, /^No debugger can reach these tests, because "network" is "off"/);
    assert.deepEqual(run.waiting, []);
  });
});
