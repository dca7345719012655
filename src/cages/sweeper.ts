import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { controlFd } from './launch.ts';

/**
 * A keeper without a test: it hears when this process is gone, however it was killed and whoever was killed with it, and then
 * ends and removes the control groups that stay behind. When they are removed before, there is nothing for it to do.
 */
export class Sweeper {
  readonly #keeper: string;
  readonly #groups: readonly string[];
  #process: ChildProcess | null = null;
  #closed = false;

  constructor(keeper: string, groups: readonly string[]) {
    this.#keeper = keeper;
    this.#groups = groups;
    this.#start();
  }

  /** Resolves when it is gone too. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const gone = once(child, 'exit');
    child.stdio[controlFd]?.destroy();
    await gone;
  }

  #start(): void {
    const startedAt = performance.now();
    const words = ['--ctl', String(controlFd), ...this.#groups.flatMap(path => ['--sweep', path])];
    const stdio = ['ignore', 'ignore', 'ignore', 'ignore', 'pipe'] as const;
    // Nothing of the environment is its business, and nothing that looks for a mark there may take it for a test's.
    const child = spawn(this.#keeper, words, { stdio: [...stdio], env: {}, cwd: '/' });
    this.#process = child;
    // It must not keep alive whom it waits for.
    child.unref();
    const channel = child.stdio[controlFd] as unknown as {
      unref(): void;
      on(name: 'error', listener: () => void): void;
    };
    channel.unref();
    // Told by the end of the process too.
    channel.on('error', () => {});
    // The next warden sweeps as well, so one that does not start takes nothing from the cages themselves.
    child.once('error', () => {});
    child.once('exit', () => {
      // A test may have killed it; one that cannot live is not tried for ever.
      if (!this.#closed && performance.now() - startedAt > 1000) this.#start();
    });
  }
}
