import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlGroup } from './cgroup-files.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import { processStart } from './processes.ts';

const pattern = /^bulkhead-(\d+)-(\d+)-(\d+)$/;

/** A process for ever: its number, when it started (in ticks since the boot), and the namespace that numbers it. */
export interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly namespace: string;
}

/** The name of this warden's directory: pid, start time and pid namespace tell for ever whether its owner still lives. */
export function ownerName(pid = process.pid): string {
  return `bulkhead-${pid}-${processStart(pid) ?? '0'}-${pidNamespace()}`;
}

/** Null: not a name that `ownerName` made. */
export function ownerOf(name: string): Owner | null {
  const [, pid, started, namespace] = pattern.exec(name) ?? [];
  return pid && started && namespace ? { pid: Number(pid), started, namespace } : null;
}

/** `elsewhere`: of another pid namespace, such as a container's, so it cannot be judged from here. */
export function stateOf({ pid, started, namespace }: Owner): 'alive' | 'dead' | 'elsewhere' {
  if (namespace !== pidNamespace()) return 'elsewhere';
  // Where the start is not known, a number that is in use may be another process's: nobody is called dead.
  if (process.platform !== 'linux') return isInUse(pid) ? 'alive' : 'elsewhere';
  return processStart(pid) === started ? 'alive' : 'dead';
}

function isInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // Nobody has this number, or somebody whom we may not signal, who is no warden of ours.
    return false;
  }
}

/** Names below `base` whose warden is dead and was of this user. */
export function abandoned(base: string): string[] {
  const user = process.getuid?.();
  return readdirSync(base).filter(name => {
    const owner = ownerOf(name);
    if (owner === null || stateOf(owner) !== 'dead') return false;
    return statSync(join(base, name), { throwIfNoEntry: false })?.uid === user;
  });
}

/** Ends what a killed warden left in a hierarchy: its processes, then its directories. */
export async function sweepAbandoned(base: string): Promise<string[]> {
  const names = abandoned(base);
  for (const name of names) await endGroup(join(base, name));
  return names;
}

/** Kills everything in a control group and those below it, and removes them; the answer is what could not be killed. */
export async function endGroup(path: string): Promise<ProcessInfo[]> {
  const group = new ControlGroup(path);
  for (let round = 0; round < 200 && group.pids().length > 0; round++) {
    for (const pid of group.pids()) killNow(pid);
    group.thaw();
    await sleep(5);
  }
  const survivors = group.living();
  if (survivors.length === 0) await group.remove();
  return survivors;
}

export function killNow(pid: number, signal: NodeJS.Signals | number = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone already is what was wanted; what belongs to another user stays, and shows as a survivor.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** 0 where there are no namespaces, or no /proc to tell. */
function pidNamespace(): string {
  if (process.platform !== 'linux') return '0';
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}
