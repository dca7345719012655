import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, firstLine, itemAt, lastState, listen, until } from './editor.ts';
import { aliveIn } from './processes.ts';

interface Stopped {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
}

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly threadId?: number };
}

/** What compiles tests, or runs them in a process of its own; line 4 is in a test. */
const others = [
  {
    framework: 'jest',
    version: 'jest-versions/node_modules/jest30',
    files: {
      'package.json': '{ "jest": { "transform": {} } }',
      'a.test.js': "test('is looked at', async () => {\n  await null;\n  const one = 1;\n  expect(one).toBe(1);\n});\n",
    },
  },
  {
    framework: 'vitest',
    version: 'vitest-versions/node_modules/vitest5',
    files: {
      'package.json': '{ "type": "module", "devDependencies": { "vitest": "*" } }',
      'a.test.ts':
        "import { expect, test } from 'vitest';\ntest('is looked at', () => {\n  const one: number = 1;\n  expect(one).toBe(1);\n});\n",
    },
  },
];

/** Starting a debugger in VS Code takes several processes, and the machine may be busy. */
const patienceMs = 120_000;

/** The debugger is VS Code's own, js-debug. */
describe('the Debug profile', function () {
  this.timeout(2 * patienceMs);
  let api: TestApi;
  let heard: ReturnType<typeof listen>;
  let hearing: vscode.Disposable;
  let stops: Stopped[];

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  beforeEach(() => {
    heard = listen(api);
    // What an earlier session says late is not for this test.
    const own: Stopped[] = [];
    stops = own;
    hearing = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: session => ({
        onDidSendMessage: ({ type, event, body }: Message) => {
          if (type === 'event' && event === 'stopped') own.push({ session, threadId: body!.threadId! });
        },
      }),
    });
  });

  afterEach(async () => {
    heard.stop();
    hearing.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
  });

  it('stops at a breakpoint inside the cage, for longer than the test may take, and then goes on', async () => {
    const configuration = vscode.workspace.getConfiguration('bulkhead');
    const { Global } = vscode.ConfigurationTarget;
    await configuration.update('timeout', '200ms', Global);
    try {
      const { run, ended } = await debug('test/verdicts.test.js', 9, 'verdicts', 'passes');
      const stopped = await stop();
      assert.deepEqual(await placeOf(stopped), ['verdicts.test.js', 9]);
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(run.ended, 0);
      await stopped.session.customRequest('continue', { threadId: stopped.threadId });
      await ended;
      assert.equal(lastState(run, 'passes'), 'passed');
      assert.match(run.output, /said by the passing test/);
      assert.doesNotMatch(run.output, /Debugger (listening|attached|ending)/);
    } finally {
      await configuration.update('timeout', undefined, Global);
    }
  });

  for (const { framework, version, files } of others) {
    it(`stops at a breakpoint in a test of ${framework}, and then goes on`, async function () {
      const installed = path.resolve(file('.'), '..', version);
      if (!existsSync(installed)) {
        console.log(`skipped: ${installed} is not there; the engine's tests install it`);
        return this.skip();
      }
      const folder = file(`debugged/${framework}`);
      mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
      symlinkSync(installed, path.join(folder, 'node_modules', framework), 'junction');
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
      const [, test = ''] = Object.keys(files);
      try {
        await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
        const item = await itemAt(api, `${framework} · debugged/${framework}`, test, 'is looked at');
        const { run, ended } = await debugItem(item, `debugged/${framework}/${test}`, 4);
        const stopped = await stop();
        assert.deepEqual(await placeOf(stopped), [test, 4]);
        await stopped.session.customRequest('continue', { threadId: stopped.threadId });
        await ended;
        assert.equal(lastState(run, 'is looked at'), 'passed');
      } finally {
        rmSync(file('debugged'), { recursive: true });
        await api.controller.refreshHandler?.(new vscode.CancellationTokenSource().token);
      }
    });
  }

  it('ends everything of a test at a breakpoint when its run is stopped', async () => {
    const { run, ended } = await debug('test/slow.test.js', 11, 'slow', 'waits with a daemon 1');
    await stop();
    assert.equal(aliveIn(file('.'), 'sleep', '61.5').length, 1);
    await vscode.commands.executeCommand('testing.cancelRun');
    await ended;
    assert.equal(run.ended, 1);
    assert.deepEqual(aliveIn(file('.'), 'sleep', '61.5'), []);
  });

  it('ends the run with the debugger, where that is told to stop', async () => {
    const { ended } = await debug('test/slow.test.js', 11, 'slow', 'waits with a daemon 1');
    await stop();
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await ended;
    assert.deepEqual(aliveIn(file('.'), 'sleep', '61.5'), []);
    assert.equal(api.runs.last?.summary?.cancelled, true);
  });

  it('is offered for what has a debugger, down to the test, and for nothing else', async () => {
    const { tag } = api.debugProfile;
    const ofMocha = await itemAt(api, 'mocha', 'test', 'verdicts.test.js', 'verdicts', 'passes');
    for (let item: vscode.TestItem | undefined = ofMocha; item; item = item.parent) {
      assert.ok(item.tags.includes(tag!), item.label);
    }
    const ofShell = await itemAt(api, 'shell', 'scripts', 'passes.sh');
    assert.deepEqual([ofShell.tags, ofShell.parent!.tags], [[], []]);
  });

  it('says of a test that has no debugger that it has none', async () => {
    const item = await itemAt(api, 'shell', 'scripts', 'passes.sh');
    await api.debugProfile.runHandler(request(item), new vscode.CancellationTokenSource().token);
    const run = heard.runs.at(-1)!;
    assert.equal(lastState(run, 'passes.sh'), 'errored');
    assert.match(firstLine(run, 'passes.sh'), /Bulkhead cannot debug tests of command/);
  });

  async function debug(at: string, line: number, ...titles: string[]) {
    return debugItem(await itemAt(api, 'mocha', ...at.split('/'), ...titles), at, line);
  }

  async function debugItem(item: vscode.TestItem, at: string, line: number) {
    const place = new vscode.Location(vscode.Uri.file(file(at)), new vscode.Position(line - 1, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    const ended = Promise.resolve(
      api.debugProfile.runHandler(request(item), new vscode.CancellationTokenSource().token),
    );
    const run = await until('the run begins', () => heard.runs.at(-1), patienceMs);
    return { run, ended };
  }

  const request = (item: vscode.TestItem) => new vscode.TestRunRequest([item], undefined, api.debugProfile);

  const stop = () => until('it stops at the breakpoint', () => stops.at(-1), patienceMs);

  async function placeOf({ session, threadId }: Stopped): Promise<[string, number]> {
    const { stackFrames } = (await session.customRequest('stackTrace', { threadId, levels: 1 })) as {
      stackFrames: { source: { name: string }; line: number }[];
    };
    const [frame] = stackFrames;
    return [frame!.source.name.split('/').at(-1)!, frame!.line];
  }
});
