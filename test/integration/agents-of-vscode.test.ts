import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, until } from './editor.ts';
import { aliveIn } from './processes.ts';

/** Those that look for living processes. */
const onLinux = process.platform === 'linux' ? it : it.skip;

/** Bulkhead as the agents of VS Code meet it that know nothing of its own tools. */
describe('agents of VS Code', function () {
  this.timeout(180_000);
  let api: TestApi;

  before(async () => {
    api = await extension();
    await api.controller.resolveHandler?.(undefined);
  });

  describe("with VS Code's own tool runTests", () => {
    // Whether it may run anything it asks in a dialog, to which a window that is tested says yes; any other dialog would throw there.
    before(async () => {
      await until('the tool is there', () => vscode.lm.tools.some(({ name }) => name === 'runTests'));
      // What an extension has told of its tests comes to the window a moment later.
      for (let told = false; !told; await sleep(100)) {
        const controllers = await vscode.commands.executeCommand<object>('vscode.testing.getControllersWithTests');
        told = JSON.stringify(controllers).includes('bulkhead');
      }
    });

    const invoke = async (input: object, token?: vscode.CancellationToken) => {
      const result = await vscode.lm.invokeTool('runTests', { input, toolInvocationToken: undefined }, token);
      return result.content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    };

    it('find a file by its path, and are told of each failure by its category first', async () => {
      const text = await invoke({ files: ['test/verdicts.test.js'] });
      assert.match(text, /^<summary passed=2 failed=4 \/>/);
      for (const [title, first] of [
        ['fails with a difference', '<expectedOutput>'],
        ['exits early', '<message>\nExited early with code 0 before the test ended'],
        ['crashes', '<message>\nCrashed: SIGSEGV'],
        ['takes too much memory', '<message>\nOut of memory: '],
      ] as const) {
        const told = new RegExp(
          `<testFailure name="${title} #[^"]+" path="[^"]+verdicts\\.test\\.js > verdicts #[^"]+">\n${first}`,
        );
        assert.match(text, told);
      }
      assert.match(text, /<location path="[^"]+verdicts\.test\.js" line="\d+"/);
    });

    it('run tests by name', async () => {
      const text = await invoke({ files: ['test/verdicts.test.js'], testNames: ['passes'] });
      assert.match(text, /<summary passed=1 failed=0 \/>/);
    });

    it('run everything of a file that does not load, and are told why', async () => {
      const text = await invoke({ files: ['test/broken.test.js'] });
      assert.match(
        text,
        /^<summary passed=0 failed=1 \/>[^]*<message>\nError while loading the file: [^]*this file does not load/,
      );
    });

    onLinux('get an answer when they cancel, and leave nothing alive', async () => {
      const cancel = new vscode.CancellationTokenSource();
      const answered = invoke({ files: ['test/slow.test.js'] }, cancel.token).catch((error: Error) => error);
      await until('a daemon is there', () => aliveIn(file('.'), 'sleep', '61.5').length > 0);
      cancel.cancel();
      await answered;
      await until('the run has ended', () => api.runs.running === 0);
      assert.deepEqual(aliveIn(file('.'), 'sleep', '61.5'), []);
    });
  });

  describe('over MCP', () => {
    it('get a server for the folder that runs its tests in cages', async () => {
      const [definition, ...more] = api.mcpServers.provideMcpServerDefinitions();
      assert.deepEqual([definition?.label, more.length], ['Bulkhead', 0]);
      const { command, args, env, cwd } = definition!;
      const given = Object.entries({ ...process.env, ...env }).filter(([, value]) => typeof value === 'string');
      const client = new Client({ name: 'a test of Bulkhead', version: '1.0.0' });
      await client.connect(
        new StdioClientTransport({
          command,
          args,
          cwd: cwd!.fsPath,
          env: Object.fromEntries(given) as Record<string, string>,
          stderr: 'ignore',
        }),
      );
      try {
        assert.equal(client.getServerVersion()?.version, definition!.version);
        const { tools } = await client.listTools();
        assert.deepEqual(tools.map(({ name }) => name).sort(), ['get_test_process_report', 'run_tests_safely']);
        const call = { name: 'run_tests_safely', arguments: { files: ['scripts/passes.sh'] } };
        const { content } = await client.callTool(call, undefined, { timeout: 120_000 });
        assert.match((content as { text: string }[])[0]!.text, /^No test of 1 failed\./);
      } finally {
        await client.close();
      }
    });
  });
});
