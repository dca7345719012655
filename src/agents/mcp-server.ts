import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { agentToolNames, agentTools, type AgentToolName } from './tools.ts';

/** Those whose initialize, ping, tools and cancelled are the ones below; the newest is offered to who asks for another. */
const versions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

const codes = { parse: -32700, request: -32600, method: -32601, params: -32602 } as const;

type Id = string | number;

export interface McpOptions {
  readonly version: string;
  readonly input: Readable;
  readonly output: Writable;
  /** The text of the answer; what is thrown is told to the agent as the tool's failure. */
  readonly call: (tool: AgentToolName, input: unknown, signal: AbortSignal) => Promise<string>;
}

/** Tools for agents over the Model Context Protocol: one JSON-RPC message a line, in and out. */
export class McpServer {
  readonly #options: McpOptions;
  readonly #calls = new Map<Id, { readonly abort: AbortController; readonly ended: Promise<void> }>();

  constructor(options: McpOptions) {
    this.#options = options;
  }

  /** Serves until nobody speaks any more; what runs then is stopped. */
  async serve(): Promise<void> {
    const lines = createInterface({ input: this.#options.input, crlfDelay: Infinity });
    for await (const line of lines) if (line.trim() !== '') this.#receive(line);
    await this.close();
  }

  async close(): Promise<void> {
    const open = [...this.#calls.values()];
    for (const { abort } of open) abort.abort();
    await Promise.all(open.map(({ ended }) => ended));
  }

  #receive(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return this.#fail(null, codes.parse, 'This line is not JSON.');
    }
    const { jsonrpc, id, method, params } = fieldsOf(message);
    if (jsonrpc !== '2.0' || (id !== undefined && !isId(id)))
      return this.#fail(null, codes.request, 'This is not a message of JSON-RPC 2.0.');
    // An answer to a question that this server never asks.
    if (typeof method !== 'string') return;
    if (id === undefined) return this.#notified(method, fieldsOf(params));
    return this.#request(id, method, fieldsOf(params));
  }

  #notified(method: string, { requestId }: Record<string, unknown>): void {
    if (method === 'notifications/cancelled' && isId(requestId)) this.#calls.get(requestId)?.abort.abort();
  }

  #request(id: Id, method: string, params: Record<string, unknown>): void {
    switch (method) {
      case 'initialize':
        return this.#answer(id, this.#introduction(params['protocolVersion']));
      case 'ping':
        return this.#answer(id, {});
      case 'tools/list':
        return this.#answer(id, { tools: agentTools.map(described) });
      case 'tools/call':
        return this.#call(id, params);
      default:
        return this.#fail(id, codes.method, `There is no method "${method.slice(0, 100)}".`);
    }
  }

  #introduction(wanted: unknown) {
    return {
      protocolVersion: versions.find(version => version === wanted) ?? versions[0],
      capabilities: { tools: {} },
      serverInfo: { name: 'bulkhead', title: 'Bulkhead: safe test runs', version: this.#options.version },
    };
  }

  #call(id: Id, { name, arguments: input }: Record<string, unknown>): void {
    const tool = agentToolNames.find(each => each === name);
    if (!tool) return this.#fail(id, codes.params, `There is no tool "${String(name).slice(0, 100)}".`);
    if (this.#calls.has(id)) return this.#fail(id, codes.request, 'A request with this id has no answer yet.');
    const abort = new AbortController();
    const ended = this.#options
      .call(tool, input, abort.signal)
      .then(
        text => ({ content: [{ type: 'text', text }] }),
        (error: Error) => ({ content: [{ type: 'text', text: error.message }], isError: true }),
      )
      .then(result => {
        this.#calls.delete(id);
        // Whoever cancelled a request does not wait for an answer any more.
        if (!abort.signal.aborted) this.#answer(id, result);
      });
    this.#calls.set(id, { abort, ended });
  }

  #answer(id: Id, result: unknown): void {
    this.#send({ jsonrpc: '2.0', id, result });
  }

  #fail(id: Id | null, code: number, message: string): void {
    this.#send({ jsonrpc: '2.0', id, error: { code, message } });
  }

  #send(message: unknown): void {
    this.#options.output.write(`${JSON.stringify(message)}\n`);
  }
}

function described({ name, title, description, readOnly, inputSchema }: (typeof agentTools)[number]) {
  return { name, title, description, inputSchema, annotations: { readOnlyHint: readOnly, openWorldHint: false } };
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'number';
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
