import type { FailureMessage } from '../protocol/verdict.ts';

/** The frames below the question itself: an interrupted loop answers on top of its own stack. */
const question = `(() => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  try {
    return JSON.stringify({ stack: new Error('').stack, waitsFor: process.getActiveResourcesInfo?.() ?? [] });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
})()`;

const longestAnswer = 64 * 1024;
const mostKinds = 20;

/** What Node prints when it starts and ends its inspector: of ours, not of the test. */
export const inspectorLines =
  /^(?:Debugger listening on ws:.*|For help, see: https:\/\/nodejs\.org\/\S*|Debugger attached\.|Waiting for the debugger to disconnect\.\.\.|Debugger ending on ws:.*)\r?\n?/gm;

export interface StackQuestion {
  /** Makes Node start its inspector, which it does even in a busy loop. */
  readonly wake: () => void;
  /** The address that Node then prints on standard error; null: not yet. */
  readonly address: () => string | null;
  readonly patienceMs: number;
}

/** Where a Node process is that does not end: its stack if it is busy, and else what it waits for. Null: it does not say. */
export async function askNode({ wake, address, patienceMs }: StackQuestion): Promise<FailureMessage | null> {
  const deadline = performance.now() + patienceMs;
  wake();
  for (let url = address(); performance.now() < deadline; url = address()) {
    if (url !== null) return messageOf(await answerFrom(url, deadline - performance.now()));
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return null;
}

function answerFrom(url: string, ms: number): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = new WebSocket(url);
  const timer = setTimeout(() => resolve(null), ms);
  const params = { expression: question, returnByValue: true };
  socket.addEventListener('open', () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params })));
  socket.addEventListener('message', ({ data }) => resolve(typeof data === 'string' ? data : null));
  socket.addEventListener('error', () => resolve(null));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** The process is a test's: what it answers is checked like everything else of it. */
export function messageOf(answer: string | null): FailureMessage | null {
  if (answer === null || answer.length > longestAnswer) return null;
  let said: unknown;
  try {
    const { result } = JSON.parse(answer) as { result?: { result?: { value?: unknown } } };
    said = JSON.parse(String(result?.result?.value));
  } catch {
    // No answer of ours: the time-out is told without a place.
    return null;
  }
  const { stack, waitsFor } = (said ?? {}) as { stack?: unknown; waitsFor?: unknown };
  if (typeof stack !== 'string') return null;
  const frames = stack.split('\n').filter(line => /^\s+at /.test(line) && !/<anonymous>:\d+:\d+\)?$/.test(line));
  const own = frames.filter(line => !/\bnode:/.test(line));
  if (own.length > 0) {
    const where = /\(?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+):(\d+)\)?$/.exec(own.find(isOfUser) ?? own[0]!);
    const place = where
      ? { file: where[1]!.replace(/^file:\/\//, ''), line: Number(where[2]), column: Number(where[3]) }
      : {};
    return { text: 'Where it was stuck: it was busy in this call.', stack: frames.join('\n'), ...place };
  }
  const resources = Array.isArray(waitsFor) ? waitsFor.filter(each => typeof each === 'string') : [];
  const counted = [...new Set(resources)].map(name => `${name} × ${resources.filter(each => each === name).length}`);
  const more = counted.length - mostKinds;
  const named = more > 0 ? [...counted.slice(0, mostKinds), `${more} more kinds`] : counted;
  const what =
    counted.length > 0
      ? `it waited, with these still open: ${named.join(', ')}`
      : 'it waited for nothing that Node knows of, such as a promise that is never settled';
  return { text: `Where it was stuck: ${what}.` };
}

function isOfUser(frame: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(frame) && !frame.endsWith('(<anonymous>)');
}
