import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { dist } from './workspace.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The bundled `bulkhead`, or another script, as a shell would start it. */
export class CommandLine {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, script = join(dist, 'cli.cjs')) {
    const inherited = { ...process.env, MEM_MAX: '', SWAP_MAX: '', TIMEOUT_PER_TEST: '' };
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.process = child;
    this.ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }
}

export function bulkhead(cwd: string, line: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new CommandLine(
    cwd,
    line.split(' ').filter(word => word !== ''),
    env,
  ).ended;
}
