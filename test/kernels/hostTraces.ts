import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** All that a running kernel is on the host: its folder, and the sessions of its guard and of itself. */
export interface HostTraces {
  folder: string;
  sessions: Set<number>;
}

interface HostProcess {
  parent: number;
  session: number;
  command: string[];
}

/** Waits until the kernel that this process booted runs programs of its own. */
export async function tracesOfKernelBootedBy(pid: number): Promise<HostTraces> {
  for (let tries = 0; tries < 600; tries++, await delay(50)) {
    const processes = livingProcesses();
    const guard = processes.find(({ parent, command }) => parent === pid && guardedFolder(command) !== undefined);
    const folder = guard && guardedFolder(guard.command);
    if (!guard || folder === undefined) continue;
    const kernel = processes.filter(({ command }) => isKernelOf(folder, command));
    // The kernel itself is three processes; more means that it runs something.
    if (kernel.length > 3 && existsSync(`${folder}/order/started`)) {
      return { folder, sessions: new Set([guard, ...kernel].map(process => process.session)) };
    }
  }
  throw new Error(`Process ${pid} booted no kernel.`);
}

export async function assertGone({ folder, sessions }: HostTraces): Promise<void> {
  const alive = () => livingProcesses().filter(process => sessions.has(process.session));
  // A process that got SIGKILL needs a moment to die.
  for (let tries = 0; tries < 40 && (alive().length > 0 || existsSync(folder)); tries++) await delay(50);
  assert.deepEqual(alive(), []);
  assert.equal(existsSync(folder), false);
}

function guardedFolder(command: string[]): string | undefined {
  const guard = command.findIndex(word => word.endsWith('/kernels/guard.sh'));
  return guard === -1 ? undefined : command[guard + 2];
}

function isKernelOf(folder: string, command: string[]): boolean {
  return command[0]?.endsWith('/linux.uml') === true && command.some(word => word.startsWith(`ubd0=${folder}/`));
}

function livingProcesses(): HostProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(readProcess);
}

function readProcess(pid: string): HostProcess[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may itself hold spaces and parentheses.
    const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return [{ parent: Number(parent), session: Number(session), command }];
  } catch {
    // It ended while we looked.
    return [];
  }
}
