import childProcess, { type ChildProcess, type ForkOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';
import { workerProgram } from '../worker-program.ts';

const watchdogProgram = /[\\/]workers[\\/]watchdog\.js$/;
/** Of the channel between vitest and its worker process: stdio, then Node's own messages, then our events. */
const fdInWorker = 4;

export interface Births {
  readonly fd: number;
  /** Told to each worker, beside the descriptor of its pipe. */
  readonly env: Readonly<Record<string, string>>;
  /** A worker that nobody had asked to end is gone. */
  readonly onProcessDeath: (code: number | null, signal: NodeJS.Signals | null) => void;
  readonly onThreadDeath: (error: Error) => void;
}

/** Hands the pipe for events to the workers that vitest starts, before vitest is loaded. */
export function attendBirths({ fd, env, onProcessDeath, onThreadDeath }: Births): void {
  const { fork } = childProcess;
  const Worker = workerThreads.Worker;
  const forkWorker = (program: string | URL, args: readonly string[], options: ForkOptions): ChildProcess => {
    if (watchdogProgram.test(String(program))) return sleepingDog();
    if (!workerProgram.test(String(program))) return fork(program, args, options);
    const child = fork(program, args, {
      ...options,
      env: { ...(options.env ?? process.env), ...env, BULKHEAD_FD: String(fdInWorker) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', fd],
    });
    child.once('exit', (code, signal) => {
      if (!child.killed) onProcessDeath(code, signal);
    });
    return child;
  };
  class AttendedWorker extends Worker {
    constructor(program: string | URL, options: WorkerOptions = {}) {
      const ours = workerProgram.test(String(program));
      const given = typeof options.env === 'object' ? options.env : process.env;
      super(program, ours ? { ...options, env: { ...given, ...env, BULKHEAD_FD: String(fd) } } : options);
      if (ours) this.once('error', onThreadDeath);
    }
  }
  childProcess.fork = forkWorker as typeof fork;
  workerThreads.Worker = AttendedWorker;
  syncBuiltinESMExports();
}

/** Vitest's watchdog ends workers that outlive a killed vitest; that is what the cage does. */
function sleepingDog(): ChildProcess {
  const dog = new EventEmitter();
  const absent = { connected: false, channel: undefined, unref() {}, disconnect() {}, send: () => false };
  return Object.assign(dog, absent) as unknown as ChildProcess;
}
