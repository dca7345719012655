import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { marked, until } from './alive.ts';
import { dist, TestWorkspace } from './workspace.ts';

const config = JSON.stringify({
  memory: '96 MiB',
  timeout: '120s',
  grace: '200ms',
  frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
});

/** `bulkhead mcp`, spoken to by the client of the official SDK. */
describe('bulkhead mcp', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  let client: Client;
  let transport: StdioClientTransport;

  const connect = async (files: Readonly<Record<string, string>>) => {
    workspace = new TestWorkspace({ 'bulkhead.config.json': config, ...files });
    transport = new StdioClientTransport({
      command: process.execPath,
      args: [join(dist, 'cli.cjs'), 'mcp', '--folder', workspace.root],
      env: { ...(process.env as Record<string, string>), MEM_MAX: '', SWAP_MAX: '', TIMEOUT_PER_TEST: '' },
      stderr: 'pipe',
    });
    client = new Client({ name: 'a test of Bulkhead', version: '1.0.0' });
    await client.connect(transport);
  };

  const call = async (name: string, args: Record<string, unknown> = {}, signal?: AbortSignal) => {
    const options = { timeout: 100_000, ...(signal ? { signal } : {}) };
    const result = await client.callTool({ name, arguments: args }, undefined, options);
    const [content] = result.content as { type: string; text: string }[];
    return { text: content!.text, isError: result.isError === true };
  };

  afterEach(async () => {
    await client?.close();
    await workspace?.remove();
  });

  it('introduces itself, and offers tools that say when and how they are used', async () => {
    await connect({});
    assert.equal(client.getServerVersion()?.name, 'bulkhead');
    await client.ping();
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
      [
        ['run_tests_safely', false],
        ['get_test_process_report', true],
      ],
    );
    for (const { description, inputSchema } of tools) {
      assert.ok(description!.length > 100);
      assert.equal(inputSchema.type, 'object');
    }
  });

  it('runs tests in cages, tells what became of them, and then what they did to the machine', async () => {
    await connect({
      'passes.sh': 'echo hello; exit 0',
      'fails.sh': 'echo what went wrong; exit 3',
      'crashes.sh': 'kill -SEGV $$',
    });
    const { text, isError } = await call('run_tests_safely');
    assert.equal(isError, false);
    assert.match(text, /^2 tests of 3 did not pass\.\n1 passed, 1 failed, 1 crashed; /);
    assert.match(text, /\[failed\] .*fails\.sh/);
    assert.match(text, /\[crashed\] [^]*Crashed: SIGSEGV/);
    assert.match(text, /Evidence: /);
    const one = await call('run_tests_safely', { files: ['passes.sh'], memory: '48 MiB', repeat: 2 });
    assert.match(one.text, /^No test of 2 failed\.\n2 passed; 2 runs, .*memory cap 48 MiB/);
    const report = await call('get_test_process_report', { test: 'passes' });
    assert.match(report.text, /peak memory .+ of 48 MiB/);
    assert.match(report.text, /\| hello/);
    const wrong = await call('run_tests_safely', { files: ['none.sh'] });
    assert.equal(wrong.isError, true);
    assert.match(wrong.text, /Not a test file.*"none\.sh".*Test files are: .*passes\.sh/);
  });

  it('stops what is cancelled, with everything that it had started', async () => {
    const mark = `mcp-${process.pid}`;
    await connect({ 'waits.sh': `MARK=${mark} sleep 90 & MARK=${mark} sleep 90`, 'passes.sh': 'exit 0' });
    const cancel = new AbortController();
    const cancelled = assert.rejects(call('run_tests_safely', { files: ['waits.sh'] }, cancel.signal));
    await until('it waits', () => marked(mark).length > 0, 60_000);
    cancel.abort();
    await cancelled;
    await until('nothing of it is alive', () => marked(mark).length === 0, 60_000);
    assert.match((await call('run_tests_safely', { files: ['passes.sh'] })).text, /^No test of 1 failed/);
  });

  it('leaves nothing behind when its client goes away in the middle of a run', async () => {
    const mark = `mcp-gone-${process.pid}`;
    await connect({ 'waits.sh': `MARK=${mark} sleep 90` });
    const gone = assert.rejects(call('run_tests_safely'));
    await until('it waits', () => marked(mark).length > 0, 60_000);
    await client.close();
    await gone;
    await until('nothing of it is alive', () => marked(mark).length === 0, 60_000);
  });
});
