import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Goes on in another Node with these arguments, and ends as that one ends. */
export function restart(nodeArgs: readonly string[], env: NodeJS.ProcessEnv, fd: number): void {
  const stdio = Array.from({ length: fd + 1 }, (_, index) => (index < 3 ? 'inherit' : index === fd ? fd : 'ignore'));
  const child = spawn(process.execPath, [...nodeArgs, ...process.argv.slice(1)], { stdio, env });
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.once('error', error => {
    console.error(`Bulkhead: Node could not be started again with ${nodeArgs.join(' ')}: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // Only a signal that does not end this process gets here.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}
