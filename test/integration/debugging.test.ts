import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, firstLine, itemAt, lastState, listen, until } from './editor.ts';
import { alive } from './processes.ts';

interface Stopped {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
}

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly threadId?: number };
}

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

  it('ends everything of a test at a breakpoint when its run is stopped', async () => {
    const { run, ended } = await debug('test/slow.test.js', 11, 'slow', 'waits with a daemon 1');
    await stop();
    assert.equal(alive('sleep', '61.5').length, 1);
    await vscode.commands.executeCommand('testing.cancelRun');
    await ended;
    assert.equal(run.ended, 1);
    assert.deepEqual(alive('sleep', '61.5'), []);
  });

  it('ends the run with the debugger, where that is told to stop', async () => {
    const { ended } = await debug('test/slow.test.js', 11, 'slow', 'waits with a daemon 1');
    await stop();
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await ended;
    assert.deepEqual(alive('sleep', '61.5'), []);
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

  async function debug(path: string, line: number, ...titles: string[]) {
    const place = new vscode.Location(vscode.Uri.file(file(path)), new vscode.Position(line - 1, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    const item = await itemAt(api, 'mocha', ...path.split('/'), ...titles);
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
