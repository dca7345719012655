import childProcess, { type ChildProcess, type ForkOptions } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { workerProgram } from '../worker-program.ts';
import { type Charge, type Message, message, type RunGroup, wordOf } from './wire.ts';

/** Of the channel between playwright and its worker: stdio, then Node's own messages, then our events. */
const fdInWorker = 4;

export interface Births {
  readonly fd: number;
  /** Loaded by each worker before anything else. */
  readonly preload: string;
  readonly env: Readonly<Record<string, string>>;
  /** Which tests of a group are to be run, and which of those are told of. */
  readonly select: (group: RunGroup) => { readonly run: RunGroup['entries']; readonly charges: readonly Charge[] };
  readonly onTold: (testId: string) => void;
  /** A worker that nobody had asked to end is gone. */
  readonly onDeath: (code: number | null, signal: NodeJS.Signals | null) => void;
}

/** Hands the pipe for events to the workers that playwright starts, and its orders on to them, cut down to the tests of our own. */
export function attendBirths(births: Births): void {
  const { fork } = childProcess;
  const forkWorker = (program: string | URL, args: ForkOptions | readonly string[], options?: ForkOptions) => {
    // Playwright gives no arguments.
    const given = options ?? (args as ForkOptions);
    if (!workerProgram.test(String(program))) return fork(program, args as readonly string[], options);
    const child = fork(program, [], {
      ...given,
      execArgv: [...(given.execArgv ?? process.execArgv), '--require', births.preload],
      env: { ...(given.env ?? process.env), ...births.env, BULKHEAD_FD: String(fdInWorker) },
      // What is printed right where it is printed survives the death of the worker.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', births.fd],
    });
    attend(child, births);
    return child;
  };
  childProcess.fork = forkWorker as typeof fork;
  syncBuiltinESMExports();
}

function attend(child: ChildProcess, { select, onTold, onDeath }: Births): void {
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  let asked = false;
  child.send = (sent: Message, ...rest: unknown[]): boolean => {
    asked ||= sent.method === '__stop__';
    const word = wordOf(sent);
    if (word?.method !== 'runTestGroup') return send(sent, ...rest);
    const group = word.params;
    const { run, charges } = select(group);
    const running = new Set(run.map(({ testId }) => testId));
    const leftOut = group.entries.filter(({ testId }) => !running.has(testId));
    // Playwright listens only when it has sent.
    queueMicrotask(() => {
      for (const { testId } of leftOut) passOver(child, testId);
      if (run.length === 0) child.emit('message', message('done', { fatalErrors: [], skipTestsDueToSetupFailure: [] }));
    });
    if (run.length === 0) return true;
    group.entries = run;
    group.bulkhead = charges;
    return send(sent, ...rest);
  };
  child.on('message', received => {
    const word = wordOf(received);
    if (word?.method === 'testEnd' && word.params.bulkhead) onTold(word.params.testId);
  });
  child.once('exit', (code, signal) => {
    if (!asked) onDeath(code, signal);
  });
}

/** Playwright counts on a word about each test of its own order. */
function passOver(child: ChildProcess, testId: string): void {
  child.emit('message', message('testBegin', { testId, startWallTime: Date.now() }));
  const end = { duration: 0, status: 'skipped', expectedStatus: 'skipped', errors: [], annotations: [], timeout: 0 };
  child.emit('message', message('testEnd', { testId, ...end, hasNonRetriableError: false }));
}
