import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WardenClient } from '../../src/client/client.ts';
import type { Notice, RunSummary } from '../../src/protocol/messages.ts';
import type { SettingsLayer } from '../../src/protocol/settings.ts';
import type { DebugMeans } from '../../src/protocol/events.ts';
import { marked } from './alive.ts';
import { type Debugged, each, type Files, mocha, newest, nodeTest, pytest, pythons, titleOf } from './debugged.ts';
import { DebugAdapter } from './debug-adapter.ts';
import { Inspector, type Stopping } from './inspector.ts';
import { TestWorkspace } from './workspace.ts';

type Waiting = Extract<Notice, { notice: 'debugger' }>;

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
    means: (root: string) => DebugMeans = () => ({}),
  ): Promise<DebugRun> {
    const run = new DebugRun(files());
    if (install) await install(run.workspace.root);
    else run.workspace.linkFrameworks();
    await run.#begin({ timeout: 300, grace: 100, ...overrides }, env, means(run.workspace.root));
    return run;
  }

  private constructor(files: Files) {
    this.workspace = new TestWorkspace(files);
  }

  async #begin(overrides: SettingsLayer, env: NodeJS.ProcessEnv, debug: DebugMeans): Promise<void> {
    this.warden = await this.workspace.warden(this.notices, { env });
    this.ended = this.warden.request('run', { run: 'r', selection: { kind: 'all' }, overrides, debug });
    this.ended.catch(() => {});
  }

  get waiting(): readonly Waiting[] {
    return this.notices.filter(notice => notice.notice === 'debugger');
  }

  get records() {
    return this.notices.flatMap(notice => (notice.notice === 'record' ? [notice.record] : []));
  }

  /** Attaches to the process that waits after so many others. */
  async debugger(before = 0): Promise<Stopping> {
    let over = false;
    void this.ended.finally(() => (over = true)).catch(() => {});
    while (this.waiting.length <= before) {
      if (over) throw new Error(`the run ended without waiting: ${JSON.stringify(this.records)}`);
      await sleep(10);
    }
    const waiting = this.waiting[before]!;
    return waiting.kind === 'node' ? Inspector.at(waiting) : DebugAdapter.at(waiting, this.workspace.root);
  }
}

describe('a run with a debugger', () => {
  let run: DebugRun | undefined;

  afterEach(async () => {
    await run?.workspace.remove();
    run = undefined;
  });

  for (const [framework, debugged] of each) {
    it(`waits at a breakpoint for longer than any limit, and passes: ${titleOf(framework, debugged)}`, async function () {
      if (debugged.missing !== undefined) this.skip();
      run = await DebugRun.begin(debugged);
      const stopping = await run.debugger();
      assert.match(run.waiting[0]!.label, /is.looked.at/);
      stopping.begin({ file: debugged.file, line: 4 });
      assert.equal(await stopping.paused, 4);
      await sleep(1000);
      assert.equal(run.records.length, 0);
      stopping.resume();
      assert.deepEqual((await run.ended).counts, { passed: 1 }, JSON.stringify(run.records));
      assert.doesNotMatch(run.records[0]!.output.text, /debugger|inspector/i);
      assert.ok(run.records[0]!.attributes.every(({ kind }) => kind !== 'leaked-processes'));
    });
  }

  for (const [framework, debugged] of newest) {
    it(`still has the cap on memory: ${titleOf(framework, debugged)}`, async function () {
      if (debugged.missing !== undefined) this.skip();
      const { files, hog } = debugged;
      run = await DebugRun.begin({ ...debugged, files: () => files(hog) }, { memory: 256 * 1024 ** 2 });
      const stopping = await run.debugger();
      stopping.begin({ file: debugged.file, line: 4 });
      await stopping.paused;
      stopping.resume();
      assert.deepEqual((await run.ended).counts, { 'out-of-memory': 1 }, JSON.stringify(run.records));
    });

    it(`is ended by Stop while it is at a breakpoint, with nothing left alive: ${titleOf(framework, debugged)}`, async function () {
      if (debugged.missing !== undefined) this.skip();
      const { files, file, sleeper } = debugged;
      const mark = `bulkhead-debug-${framework}-${process.pid}`;
      const all = { ...files(), [file]: sleeper + files()[file]! };
      run = await DebugRun.begin({ ...debugged, files: () => all }, {}, { ...process.env, MARK: mark });
      const stopping = await run.debugger();
      stopping.begin({ file: debugged.file, line: 5 });
      assert.equal(await stopping.paused, 5);
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

  describe('of Python', function () {
    const [line] = pythons;
    if ('missing' in line) return void it.skip(`is not tried on this machine: ${line.missing}`);
    /** A Python that has no debugpy of its own, and takes the one of a folder that is called so. */
    const without = {
      'lacking/sitecustomize.py': `import importlib.machinery, sys
class Lacking:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "debugpy":
            return None
        brought = [each for each in sys.path if ".brought" in each]
        if not brought:
            raise ModuleNotFoundError("No module named 'debugpy'", name="debugpy")
        return importlib.machinery.PathFinder.find_spec(name, brought)
sys.meta_path.insert(0, Lacking)
`,
      'bulkhead.config.json': JSON.stringify({
        frameworks: { pytest: { python: line.python, env: { PYTHONPATH: 'lacking' } } },
      }),
    };
    const files = () => ({ ...pytest(line).files(), ...without });

    it('is told what to do where debugpy is not installed, and nothing waits', async () => {
      run = await DebugRun.begin({ ...pytest(line), files });
      assert.deepEqual((await run.ended).counts, { error: 1 });
      assert.match(
        run.records[0]!.messages[0]!.text,
        /debugpy is not installed in .*\nRun ".* -m pip install debugpy"/,
      );
      assert.deepEqual(run.waiting, []);
    });

    it('takes the debugpy that the client has brought, where it has none', async () => {
      run = await DebugRun.begin(
        { ...pytest(line), files, install: root => symlink(line.debugpy!, join(root, '.brought')) },
        {},
        process.env,
        root => ({ debugpy: join(root, '.brought') }),
      );
      const stopping = await run.debugger();
      stopping.begin({ file: 'test_a.py', line: 4 });
      assert.equal(await stopping.paused, 4);
      stopping.resume();
      assert.deepEqual((await run.ended).counts, { passed: 1 }, JSON.stringify(run.records));
    });
  });

  it('waits once for all tests of a file, and takes one file after the other', async () => {
    const file = "const { it } = require('node:test');\nit('one', () => {});\nit('two', () => {});\n";
    const files = { 'package.json': nodeTest.files()['package.json']!, 'a.test.js': file, 'b.test.js': file };
    run = await DebugRun.begin({ ...nodeTest, files: () => files }, { jobs: 2 });
    for (const number of [0, 1]) {
      const stopping = await run.debugger(number);
      assert.equal(run.waiting.length, number + 1);
      assert.equal(run.waiting[number]!.tests.length, 2);
      stopping.begin();
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
    run = await DebugRun.begin({ ...mocha, files: () => files });
    assert.deepEqual((await run.ended).counts, { error: 2 });
    const texts = run.records.map(({ messages }) => messages[0]!.text).sort();
    assert.match(texts[0]!, /^Bulkhead cannot debug tests of command\.\n/);
    assert.match(texts[1]!, /^No debugger can reach these tests, because "network" is "off"/);
    assert.deepEqual(run.waiting, []);
  });
});
