import * as http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';

export interface ObservedTest {
  id: string;
  /** The labels from the top of the tree down to this item. */
  path: string[];
  state: 'unset' | 'queued' | 'running' | 'passed' | 'failed' | 'skipped' | 'errored';
  duration?: number;
  messages: string[];
}

export interface ObservedRun {
  ended: number;
  /** Every item of the run, parents first. */
  tests: ObservedTest[];
}

/** What code sent over the bridge may use, as driver/main.cjs hands it out. */
export interface ExtensionHost {
  vscode: typeof vscode;
  require: NodeJS.Require;
  /** What the extension under test returned from activate(). */
  extension: unknown;
  runs(): ObservedRun[];
}

export interface Bridge {
  /** Evaluates a function in the extension host. It is sent as text: all it needs must come by `args`, as JSON. */
  evaluate<A extends unknown[], R>(code: (host: ExtensionHost, ...args: A) => R, ...args: A): Promise<Awaited<R>>;
  /** Waits until the extension host answers. */
  ready(ms?: number): Promise<void>;
  /** Evaluates until the value is truthy, also through a reload of the window, and returns it. */
  until<A extends unknown[], R>(code: (host: ExtensionHost, ...args: A) => R, ...args: A): Promise<Awaited<R>>;
}

/** A busy machine needs most of it, and it is spent only where something is wrong. */
const patienceMs = 60_000;

export function connect(socketPath: string): Bridge {
  const evaluate: Bridge['evaluate'] = async (code, ...args) => {
    const reply = await post(socketPath, JSON.stringify({ code: String(code), args }));
    if (reply.error !== undefined) throw new Error(`In the extension host: ${reply.error}`);
    return reply.value as never;
  };
  const until: Bridge['until'] = async (code, ...args) => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const value = await evaluate(code, ...args).catch(unlessAbsent);
      if (value) return value;
      if (Date.now() > deadline)
        throw new Error(`Still not so after ${patienceMs / 1000} s in the extension host: ${String(code)}`);
      await sleep(50);
    }
  };
  return {
    evaluate,
    until,
    async ready(ms = 3 * patienceMs) {
      const deadline = Date.now() + ms;
      while (!(await evaluate(() => true).catch(unlessAbsent))) {
        if (Date.now() > deadline) throw new Error(`The extension host did not answer within ${ms} ms.`);
        await sleep(50);
      }
    },
  };
}

/** While a window opens or reloads there is no extension host to connect to. */
function unlessAbsent(error: unknown): undefined {
  if (!['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
}

function post(socketPath: string, body: string): Promise<{ value?: unknown; error?: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method: 'POST' }, response => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve(JSON.parse(text) as { value?: unknown; error?: string }))
        .on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
