import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { defaults } from '../config/settings.ts';
import { limitsOf } from '../config/resolve.ts';
import type { Limits, ProcessInfo } from '../protocol/limits.ts';
import type { Counters, LeaderEnd, Mechanism } from './cage.ts';
import type { Launch } from './launch.ts';

const MiB = 1024 ** 2;
/** Small, and soon over. */
export const proofLimits: Limits = {
  ...limitsOf(defaults),
  memoryBytes: 8 * MiB,
  processes: 16,
  timeoutMs: 5000,
  startupMs: 5000,
  teardownMs: 5000,
  graceMs: 0,
  outputBytes: 1024,
};
const hog: Launch = {
  file: 'dd',
  args: ['if=/dev/zero', 'of=/dev/null', 'bs=64M', 'count=1000'],
  cwd: '/',
  env: {},
};
const orphan = (script: string): Launch => ({ file: 'sh', args: ['-c', script], cwd: '/', env: {} });
const daemon = orphan('setsid sleep 30 >/dev/null 2>&1 </dev/null &');
/** There is no `setsid` program there. */
export const daemonOfMac = orphan('(sleep 30 >/dev/null 2>&1 </dev/null &)');

/** A writable directory proves nothing: the controller may be missing, or swap may take what the cap refuses. */
export async function proveHardCap(mechanism: Mechanism): Promise<Mechanism> {
  return proved(mechanism, async () => {
    const { counters, end } = await confine(mechanism, hog);
    if (end.kind === 'not-started') throw new Error(end.because);
    const { oomKills, peakMemoryBytes } = counters;
    if (!oomKills || peakMemoryBytes === null || peakMemoryBytes > proofLimits.memoryBytes!) {
      throw new Error('a program that took 64 MiB under a cap of 8 MiB was not stopped by the kernel');
    }
  });
}

/** A watch must see a hog, and the end of the cage must reach a daemon that left its parents. */
export async function proveWatch(mechanism: Mechanism, left = daemon): Promise<Mechanism> {
  return proved(mechanism, async () => {
    const watched = await confine(mechanism, hog);
    if (watched.end.kind === 'not-started') throw new Error(watched.end.because);
    if (!watched.overMemory) throw new Error('a program that took 64 MiB under a cap of 8 MiB was not noticed');
    const { leftovers, survivors } = await confine(mechanism, left);
    if (leftovers.length === 0 || survivors.length > 0) {
      throw new Error('a daemon that left its parents was not found and ended');
    }
  });
}

async function proved(mechanism: Mechanism, proof: () => Promise<void>): Promise<Mechanism> {
  try {
    await proof();
    return mechanism;
  } catch (error) {
    await mechanism.close();
    throw error;
  }
}

/** One program in one cage, from its launch until nothing of it is left. */
export interface Confined {
  readonly end: LeaderEnd;
  readonly overMemory: boolean;
  readonly leftovers: readonly ProcessInfo[];
  readonly survivors: readonly ProcessInfo[];
  readonly counters: Counters;
}

export async function confine(mechanism: Mechanism, launch: Launch, limits = proofLimits): Promise<Confined> {
  let overMemory = false;
  const cage = mechanism.open('proof', { limits, onOverMemory: () => (overMemory = true) });
  const wrapped = cage.wrap(launch);
  const child = spawn(wrapped.file, [...wrapped.args], {
    cwd: wrapped.cwd,
    env: { ...process.env, ...wrapped.env },
    stdio: ['ignore', 'ignore', 'ignore', 'ignore', wrapped.control ? 'pipe' : 'ignore'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const failed = once(child, 'error').then(([error]) => ({ kind: 'not-started', because: String(error) }) as const);
  if (child.pid !== undefined) cage.born(child);
  const tooLong = setTimeout(() => void cage.kill(), limits.timeoutMs!);
  const end = await Promise.race([cage.leader, failed]);
  clearTimeout(tooLong);
  const leftovers = end.kind === 'ended' ? await cage.census() : [];
  const survivors = await cage.kill();
  const counters = cage.counters();
  await cage.remove();
  return { end, overMemory, leftovers, survivors, counters };
}
