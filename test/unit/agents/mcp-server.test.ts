import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { McpServer } from '../../../src/agents/mcp-server.ts';

interface Message {
  readonly id: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number };
}

/** What is said line by line, and what is answered. */
class Conversation {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly signals: AbortSignal[] = [];
  readonly served: Promise<void>;
  answer: (signal: AbortSignal) => Promise<string> = async () => 'done';
  #read = '';

  constructor() {
    const server = new McpServer({
      version: '1.2.3',
      input: this.input,
      output: this.output,
      call: (_tool, _input, signal) => {
        this.signals.push(signal);
        return this.answer(signal);
      },
    });
    this.output.setEncoding('utf8').on('data', (chunk: string) => (this.#read += chunk));
    this.served = server.serve();
  }

  say(...messages: (object | string)[]): void {
    for (const each of messages)
      this.input.write(`${typeof each === 'string' ? each : JSON.stringify({ jsonrpc: '2.0', ...each })}\n`);
  }

  async hear(): Promise<Message> {
    for (;;) {
      const end = this.#read.indexOf('\n');
      if (end >= 0) {
        const line = this.#read.slice(0, end);
        this.#read = this.#read.slice(end + 1);
        return JSON.parse(line) as Message;
      }
      await once(this.output, 'data');
    }
  }
}

const call = (id: unknown) => ({ id, method: 'tools/call', params: { name: 'run_tests_safely', arguments: {} } });

describe('the MCP server', () => {
  it('agrees on a version that it knows, and offers its newest for one that it does not', async () => {
    const talk = new Conversation();
    talk.say({ id: 1, method: 'initialize', params: { protocolVersion: '2024-11-05' } });
    assert.equal((await talk.hear()).result?.['protocolVersion'], '2024-11-05');
    talk.say({ id: 2, method: 'initialize', params: { protocolVersion: '1999-01-01' } });
    assert.equal((await talk.hear()).result?.['protocolVersion'], '2025-11-25');
  });

  it('answers what is no message, no method and no tool with the code for it, and goes on', async () => {
    const talk = new Conversation();
    talk.say('{ not json', '[]', '"text"', { method: 'ping', jsonrpc: '1.0', id: 1 });
    for (const code of [-32700, -32600, -32600, -32600]) {
      const { id, error } = await talk.hear();
      assert.deepEqual([id, error?.code], [null, code]);
    }
    talk.say({ id: 'a', method: 'resources/list' }, { id: 'b', method: 'tools/call', params: { name: 'rm' } });
    assert.deepEqual((await talk.hear()).error?.code, -32601);
    assert.deepEqual((await talk.hear()).error?.code, -32602);
    talk.say({ method: 'notifications/initialized' }, { id: 5, result: {} }, '', { id: 6, method: 'ping' });
    assert.deepEqual(await talk.hear(), { jsonrpc: '2.0', id: 6, result: {} });
  });

  it('tells a failed call as a result that the agent can read', async () => {
    const talk = new Conversation();
    talk.answer = () => Promise.reject(new Error('"repeat" must be a whole number.'));
    talk.say(call(1));
    assert.deepEqual((await talk.hear()).result, {
      content: [{ type: 'text', text: '"repeat" must be a whole number.' }],
      isError: true,
    });
  });

  it('stops a call that is cancelled, answers others meanwhile, and never answers the cancelled one', async () => {
    const talk = new Conversation();
    talk.answer = signal =>
      new Promise(resolve => signal.addEventListener('abort', () => resolve('stopped'), { once: true }));
    talk.say(call(1), { id: 2, method: 'ping' });
    assert.equal((await talk.hear()).id, 2);
    talk.say({ method: 'notifications/cancelled', params: { requestId: 1 } }, { id: 3, method: 'ping' });
    assert.equal((await talk.hear()).id, 3);
    assert.equal(talk.signals[0]?.aborted, true);
  });

  it('stops everything when nobody speaks any more, and ends only then', async () => {
    const talk = new Conversation();
    let stopped = 0;
    talk.answer = signal =>
      new Promise(resolve => signal.addEventListener('abort', () => (stopped++, resolve('')), { once: true }));
    talk.say(call(1), call(2));
    talk.input.end();
    await talk.served;
    assert.equal(stopped, 2);
  });
});
