import { readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Cage } from '../cages/cage.ts';
import { KernelLog, type OomKill } from '../cages/kernel-log.ts';
import type { HostKill, ProcessEvidence } from './evidence.ts';

/** What is asked of a cage after its end, before it is removed. */
export interface Suspicion extends Pick<ProcessEvidence, 'exit' | 'stop' | 'oomKills'> {
  readonly cage: Pick<Cage, 'traces' | 'capReached'>;
  /** Whether a process of this number was seen in the cage. */
  readonly wasMember: (pid: number) => boolean;
  /** By the clock of this machine since its start. */
  readonly lived: { readonly from: number; readonly to: number };
}

export type ReadKills = () => Promise<readonly OomKill[] | null>;

/** A process is killed for memory only so fast, and the clock of the log runs by itself: half a thousandth off at most. */
const slackSeconds = 5;
const drift = 0.0005;

const log = new KernelLog();
const killsBefore = killsInAll();

/**
 * Whether the kernel killed something of the cage for memory that ran out around it. The log is asked only where the cage's own
 * counters do not tell, and never taken at a number alone: another process may have had it.
 */
export async function hostKillOf(
  suspicion: Suspicion,
  kills: ReadKills = async () => (killsInAll() === killsBefore ? [] : log.kills()),
  missing = () => log.missing,
): Promise<HostKill | null> {
  const { cage, exit, stop, oomKills } = suspicion;
  const counted = oomKills !== null && oomKills > 0 && cage.capReached() === false;
  const suspicious = oomKills === null && stop === null && (exit?.signal === 'SIGKILL' || exit?.code === 137);
  if (!counted && !suspicious) return null;
  const told = (await kills())?.findLast(kill => within(kill.limitGroup, suspicion) || isOf(kill, suspicion));
  if (told && within(told.limitGroup, suspicion)) return null;
  if (told) return { proof: 'log', group: told.limitGroup, words: told.words };
  const gap = missing();
  return counted ? { proof: 'counter', group: null, words: null, ...(gap > 0 ? { missing: gap } : {}) } : null;
}

/** Paths of control groups differ with who looks at them, but the names of a warden's group and its cage are unique. */
function within(group: string | null, { cage }: Suspicion): boolean {
  const names = cage.traces.groups.map(path => `/${basename(dirname(path))}/${basename(path)}/`);
  return group !== null && names.some(name => `${group}/`.includes(name));
}

function isOf({ pid, seconds, victimGroup }: OomKill, suspicion: Suspicion): boolean {
  if (within(victimGroup, suspicion)) return true;
  const { cage, wasMember, lived } = suspicion;
  const slack = slackSeconds + drift * lived.to;
  const then = seconds >= lived.from - slack && seconds <= lived.to + slack;
  return cage.traces.groups.length === 0 && then && numbersAreTheKernels() && wasMember(pid);
}

/** The log speaks of processes by their numbers in the first namespace, whose own number is fixed. */
function numbersAreTheKernels(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
  } catch {
    // Not Linux, or no /proc.
    return false;
  }
}

/** By the clock that stands still while the machine sleeps, as that of the log does. */
export function secondsOfMachine(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** Null where no kernel counts them. */
function killsInAll(): string | null {
  try {
    return /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? null;
  } catch {
    // Not Linux, or no /proc.
    return null;
  }
}
