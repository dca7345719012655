import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlGroup } from './cgroup-files.ts';
import { processStart } from './processes.ts';

const pattern = /^bulkhead-(\d+)-(\d+)-(\d+)$/;

/** The name of this warden's directory: pid, start time and pid namespace tell for ever whether its owner still lives. */
export function ownerName(pid = process.pid): string {
  return `bulkhead-${pid}-${processStart(pid) ?? '0'}-${pidNamespace()}`;
}

/** Directories below `base` whose warden is dead. Those of other pid namespaces cannot be judged from here and are left. */
export function abandoned(base: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync(base).filter(name => {
    const match = pattern.exec(name);
    return match !== null && match[3] === pidNamespace() && processStart(Number(match[1])) !== match[2];
  });
}

/** Ends what a killed warden left in a hierarchy: its processes, then its directories. */
export async function sweepAbandoned(base: string): Promise<string[]> {
  const names = abandoned(base);
  for (const name of names) {
    const owner = new ControlGroup(join(base, name));
    await emptyGroup(owner);
    await owner.remove();
  }
  return names;
}

async function emptyGroup(group: ControlGroup): Promise<void> {
  for (let round = 0; round < 200; round++) {
    const pids = group.pids();
    if (pids.length === 0) return;
    for (const pid of pids) killNow(pid);
    await sleep(5);
  }
}

export function killNow(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone already is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** 0 where there are no namespaces, or no /proc to tell. */
function pidNamespace(): string {
  if (process.platform !== 'linux') return '0';
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}
