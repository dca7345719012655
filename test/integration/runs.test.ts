import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import {
  extension,
  file,
  firstLine,
  intercept,
  itemAt,
  labels,
  lastState,
  listen,
  type ToldRun,
  until,
} from './editor.ts';
import { aliveIn } from './processes.ts';

/** Those that look for living processes. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('runs', () => {
  let api: TestApi;
  let heard: ReturnType<typeof listen>;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  beforeEach(() => {
    heard = listen(api);
  });

  afterEach(() => heard.stop());

  it('runs one test, and no other', async () => {
    const run = await runItems('mocha', 'test', 'verdicts.test.js', 'verdicts', 'passes');
    assert.deepEqual([...run.states.keys()], ['passes']);
    assert.equal(lastState(run, 'passes'), 'passed');
    assert.match(run.output, /said by the passing test\r\n/);
    assert.equal(run.ended, 1);
  });

  it('gives each test of a file its verdict, category and numbers first', async function () {
    this.timeout(180_000);
    const run = await runItems('mocha', 'test', 'verdicts.test.js');
    assert.equal(run.ended, 1);
    const expected: [string, string, RegExp?][] = [
      ['passes', 'passed'],
      ['fails with a difference', 'failed', /^Failed after .+/],
      ['is skipped', 'skipped'],
      ['exits early', 'failed', /^Exited early with code 0/],
      ['crashes', 'failed', /^Crashed: SIGSEGV/],
      ['takes too much memory', 'failed', /^Out of memory: .+128 MiB/],
      ['leaves a process behind', 'passed'],
    ];
    for (const [label, state, line] of expected) {
      assert.equal(lastState(run, label), state, label);
      if (line) assert.match(firstLine(run, label), line);
    }
    assert.match(run.output, /leaves a process behind: .*left 1 process running/i);
    // Of one that ran out of it, that is no news.
    assert.doesNotMatch(run.output, /takes too much memory: Came near/);
    if (process.platform === 'linux') assert.deepEqual(aliveIn(file('.'), 'sleep', '60'), []);
    const [difference] = run.messages.get('fails with a difference') ?? [];
    assert.ok(difference?.expectedOutput && difference.actualOutput, 'the difference can be shown');
    assert.equal(difference.contextValue, 'bulkhead.failed');
    assert.ok(difference.location, 'the place can be opened');
  });

  it('tells the status bar and the report the same', async () => {
    await runItems('mocha', 'test', 'verdicts.test.js', 'verdicts', 'passes');
    assert.equal(api.status.item.text, '$(pass) 1 passed');
    assert.deepEqual(
      [...(api.runs.last?.rows() ?? [])].map(({ title, kind }) => `${title} ${kind}`),
      ['passes passed'],
    );
  });

  it('runs commands by file, with the exit code as verdict', async () => {
    const run = await runItems('shell');
    const states = Object.fromEntries([...run.states].map(([label, each]) => [label, each.at(-1)]));
    assert.deepEqual(states, { 'passes.sh': 'passed', 'skips.sh': 'skipped', 'fails.sh': 'failed' });
    assert.match(firstLine(run, 'fails.sh'), /^Failed/);
  });

  it('gives a file that does not load an error that says so', async () => {
    const run = await runItems('mocha', 'test', 'broken.test.js');
    assert.equal(lastState(run, 'broken.test.js'), 'errored');
    assert.match(firstLine(run, 'broken.test.js'), /^Error while loading the file: .*this file does not load/);
  });

  it('runs the failed tests of the last run again, and only those', async () => {
    await runItems('shell');
    await vscode.commands.executeCommand('bulkhead.runFailed');
    const again = heard.runs.at(-1)!;
    assert.deepEqual([...again.states.keys()], ['fails.sh']);
  });

  it('lets a setting overrule the project, and the project when it is gone', async () => {
    const configuration = vscode.workspace.getConfiguration('bulkhead');
    const path = ['mocha', 'test', 'verdicts.test.js', 'verdicts', 'passes'] as const;
    const capOf = async () => {
      await runItems(...path);
      return [...(api.runs.last?.rows() ?? [])][0]?.memoryCapBytes;
    };
    assert.equal(await capOf(), 128 * 1024 ** 2);
    await configuration.update('memory', '96 MiB', vscode.ConfigurationTarget.Global);
    try {
      assert.equal(await capOf(), 96 * 1024 ** 2);
    } finally {
      await configuration.update('memory', undefined, vscode.ConfigurationTarget.Global);
    }
    assert.equal(await capOf(), 128 * 1024 ** 2);
  });

  onLinux('ends a cancelled run only when nothing of it is alive, with a verdict for each test', async function () {
    this.timeout(180_000);
    const item = await itemAt(api, mochaLabel(), 'test', 'slow.test.js');
    const cancel = new vscode.CancellationTokenSource();
    const restore = intercept(api, run => withToken(run, cancel.token));
    try {
      const done = api.runs.start(new vscode.TestRunRequest([item]));
      await until('a daemon is there', () => aliveIn(file('.'), 'sleep', '61.5').length > 0);
      cancel.cancel();
      await done;
    } finally {
      restore();
    }
    assert.deepEqual(aliveIn(file('.'), 'sleep', '61.5'), []);
    const run = heard.runs.at(-1)!;
    assert.equal(run.ended, 1);
    assert.equal([...(api.runs.last?.unfinished() ?? [])].length, 0);
    assert.ok([...(api.runs.last?.rows() ?? [])].every(({ kind }) => kind === 'cancelled'));
    assert.match(api.status.item.text, /stopped · 0 of 8 ran/);
  });

  it('ends a run that is cancelled before it starts', async () => {
    const cancel = new vscode.CancellationTokenSource();
    cancel.cancel();
    const restore = intercept(api, run => withToken(run, cancel.token));
    try {
      await api.runs.start(new vscode.TestRunRequest());
    } finally {
      restore();
    }
    assert.equal(heard.runs.at(-1)?.ended, 1);
    assert.equal(api.runs.last?.finished, 0);
  });

  onLinux('stops and reaps everything by command', async function () {
    this.timeout(180_000);
    const item = await itemAt(api, mochaLabel(), 'test', 'slow.test.js');
    const done = api.runs.start(new vscode.TestRunRequest([item]));
    await until('a daemon is there', () => aliveIn(file('.'), 'sleep', '61.5').length > 0);
    await vscode.commands.executeCommand('bulkhead.stop');
    assert.deepEqual(aliveIn(file('.'), 'sleep', '61.5'), []);
    await done;
    assert.equal(heard.runs.at(-1)?.ended, 1);
  });

  onLinux('ends the run when the warden is killed, says so, and starts another one', async function () {
    this.timeout(180_000);
    const item = await itemAt(api, mochaLabel(), 'test', 'slow.test.js');
    const done = api.runs.start(new vscode.TestRunRequest([item]));
    await until('a daemon is there', () => aliveIn(file('.'), 'sleep', '61.5').length > 0);
    const left = aliveIn(file('.'), 'sleep', '61.5');
    process.kill(api.connection.client!.pid, 'SIGKILL');
    await done;
    const run = heard.runs.at(-1)!;
    assert.equal(run.ended, 1);
    for (const label of labels((await itemAt(api, mochaLabel(), 'test', 'slow.test.js', 'slow')).children)) {
      assert.equal(lastState(run, label), 'errored', label);
      assert.match(firstLine(run, label), /^Lost/);
    }
    assert.match(api.status.item.text, /Run ended early/);
    const next = await runItems('mocha', 'test', 'verdicts.test.js', 'verdicts', 'passes');
    assert.equal(lastState(next, 'passes'), 'passed');
    for (const pid of left) killIfAlive(pid);
  });

  it('runs everything when the Test Explorer is asked to', async function () {
    this.timeout(180_000);
    await vscode.workspace.getConfiguration('bulkhead').update('timeout', '1s', vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand('testing.runAll');
      const run = await until('the run has ended', () => heard.runs.find(({ ended }) => ended > 0), 120_000);
      assert.ok(run.states.has('passes') && run.states.has('passes.sh'));
      for (const [label, states] of run.states) assert.match(states.at(-1)!, /passed|failed|errored|skipped/, label);
    } finally {
      await vscode.workspace
        .getConfiguration('bulkhead')
        .update('timeout', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  function mochaLabel(): string {
    return labels(api.controller.items).find(label => /mocha/i.test(label))!;
  }

  async function runItems(project: string, ...path: string[]): Promise<ToldRun> {
    const label = labels(api.controller.items).find(each => each.toLowerCase().includes(project))!;
    const item = await itemAt(api, label, ...path);
    await api.runs.start(new vscode.TestRunRequest([item]));
    return heard.runs.at(-1)!;
  }
});

function withToken(run: vscode.TestRun, token: vscode.CancellationToken): vscode.TestRun {
  return Object.assign(Object.create(run) as vscode.TestRun, { token });
}

/** The warden had no time to: what it leaves is this test's to clean up, where no kernel did it. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
