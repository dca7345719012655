import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import type { AgentToolName } from '../../src/agents/tools.ts';
import { extension, file, listen, until } from './editor.ts';
import { aliveIn } from './processes.ts';

/** Those that look for living processes. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('agents', function () {
  this.timeout(180_000);
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

  const invoke = async (
    name: AgentToolName,
    input: object,
    token: vscode.CancellationToken = new vscode.CancellationTokenSource().token,
    budget?: number,
  ) => {
    const tokenizationOptions =
      budget === undefined ? {} : { tokenizationOptions: { tokenBudget: budget, countTokens: async () => 0 } };
    const options = { input, toolInvocationToken: undefined, ...tokenizationOptions };
    const result = await api.agents.tool(name).invoke(options, token);
    const parts = result?.content ?? [];
    assert.ok(parts.every(part => part instanceof vscode.LanguageModelTextPart));
    return parts.map(part => part.value).join('');
  };

  it('are offered the tools that the manifest describes', () => {
    const own = vscode.lm.tools.filter(({ tags }) => tags.includes('bulkhead'));
    assert.deepEqual(own.map(({ name }) => name).sort(), ['get_test_process_report', 'run_tests_safely']);
    for (const { description, inputSchema } of own) assert.ok(description.length > 100 && inputSchema);
  });

  it('ask a person before they run anything, with the words of the model as text alone', async () => {
    const input = { files: ['[click](command:evil)', '**/x'], memory: '1 GiB', repeat: 3 };
    const { token } = new vscode.CancellationTokenSource();
    const prepared = await api.agents.tool('run_tests_safely').prepareInvocation?.({ input }, token);
    const message = prepared?.confirmationMessages?.message as vscode.MarkdownString;
    assert.match(message.value, /memory&nbsp;cap&nbsp;1&nbsp;GiB/);
    assert.doesNotMatch(message.value, /\[click\]\(command/);
    const report = await api.agents.tool('get_test_process_report').prepareInvocation?.({ input: {} }, token);
    assert.equal(report?.confirmationMessages, undefined);
  });

  it('run tests as a run of the Test Explorer, and get what became of each', async () => {
    const text = await invoke('run_tests_safely', { files: ['scripts'] });
    assert.match(text, /^1 test of 3 did not pass\.\n1 passed, 1 failed, 1 skipped; /);
    assert.match(text, /1\. \[failed\] .*fails\.sh[^]*Evidence: /);
    const run = heard.runs.at(-1)!;
    assert.deepEqual([...run.states.keys()].sort(), ['fails.sh', 'passes.sh', 'skips.sh']);
    assert.equal(run.ended, 1);
    assert.equal(api.runs.last?.title, 'Run for an agent');
  });

  it('run one test by its name, with other limits, and again and again', async () => {
    const input = { files: ['test/verdicts.test.js'], names: ['verdicts passes'], memory: '96 MiB', repeat: 2 };
    const text = await invoke('run_tests_safely', input);
    assert.match(text, /^No test of 2 failed\.\n2 passed; 2 runs, .*memory cap 96 MiB/);
    assert.equal([...(api.runs.last?.rows() ?? [])][0]?.memoryCapBytes, 96 * 1024 ** 2);
    const report = await invoke('get_test_process_report', { test: 'verdicts passes' });
    assert.match(report, /peak memory .+ of 96 MiB/);
  });

  it('get no more than their room', async () => {
    const text = await invoke('run_tests_safely', { files: ['scripts'] }, undefined, 40);
    assert.ok(text.length < 400, text);
    assert.match(text, /^1 test of 3 did not pass/);
  });

  it("find each file by its place, as VS Code's own tool looks for it", () => {
    for (const name of ['scripts/fails.sh', 'test/verdicts.test.js', 'test/broken.test.js'])
      assert.ok(found(api.controller.items, file(name)), name);
  });

  it('are told how to mend a call, as an error of the tool', async () => {
    await assert.rejects(invoke('run_tests_safely', { files: ['nowhere'] }), /Not a test file.*"nowhere"/);
    await assert.rejects(invoke('run_tests_safely', { memory: 5.5 }), /"memory"/);
  });

  onLinux('stop what they cancel, and get an answer all the same', async () => {
    const cancel = new vscode.CancellationTokenSource();
    const answered = invoke('run_tests_safely', { files: ['test/slow.test.js'] }, cancel.token);
    await until('a daemon is there', () => aliveIn(file('.'), 'sleep', '61.5').length > 0);
    cancel.cancel();
    assert.match(await answered, /The run is not complete: It was stopped\./);
    assert.deepEqual(aliveIn(file('.'), 'sleep', '61.5'), []);
    assert.equal(heard.runs.at(-1)?.ended, 1);
  });
});

function found(items: vscode.TestItemCollection, path: string): boolean {
  return [...items].some(([, item]) => item.uri?.fsPath === path || found(item.children, path));
}
