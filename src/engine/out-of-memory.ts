import { formatBytes } from '../config/quantities.ts';
import type { FailureMessage, MemoryCause } from '../protocol/verdict.ts';
import type { HostKill, Shortage, UnitEvidence } from './evidence.ts';
import { type Judgement, judgement } from './judgement.ts';
import type { MemoryRefusal } from './memory.ts';

const refusalWords = /allocation failed|out of memory|cannot allocate|not enough memory|MemoryError|bad_alloc|ENOMEM/i;

/** A test may live on with less than it asked for, so it must also say that it failed of it. */
export function refusedMemory(unit: UnitEvidence, words: string): boolean {
  return (unit.refusedMemory ?? 0) > 0 && refusalWords.test(words);
}

export function outOfMemory(
  unit: UnitEvidence,
  cause: Exclude<MemoryCause, 'heap' | 'host'>,
  messages?: readonly FailureMessage[],
): Judgement {
  const cap = unit.limits.memoryBytes === null ? 'no cap' : `cap ${formatBytes(unit.limits.memoryBytes)}`;
  const peak = peakText(unit);
  const why = {
    kernel: `The kernel killed it for memory (its counter says ${unit.oomKills}; ${cap}${peak}).`,
    'kernel-child': `The kernel killed a process of the test for memory (its counter says ${unit.oomKills}; ${cap}${peak}).`,
    refused: `The kernel refused it more memory (its counter says ${unit.refusedMemory}; ${cap}${peak}), and it failed of that.`,
    watched: `Its memory was seen above the cap, so it was killed (${cap}${peak}; watched, not enforced by the kernel).`,
  }[cause];
  return memoryVerdict(unit, cause, why, messages);
}

/** It ran out around the cage; null: not that anybody could prove. */
export function hostShortage(unit: UnitEvidence, messages?: readonly FailureMessage[]): Judgement | null {
  if (unit.stop?.kind === 'shortage') return memoryVerdict(unit, 'host', endedForShortage(unit.stop), messages);
  return unit.hostKill ? memoryVerdict(unit, 'host', killedAround(unit, unit.hostKill), messages) : null;
}

function endedForShortage({ group, availableBytes, floorBytes, heldBytes }: Shortage): string {
  const where = group === null ? 'The machine' : `The control group ${group}, in which everything here runs,`;
  return `${where} had ${formatBytes(Math.max(0, availableBytes))} of memory left, under the ${formatBytes(floorBytes)} that are kept free ("memoryFloor"), so the largest cage was ended: this one, with ${formatBytes(heldBytes)} (watched, not enforced by the kernel).`;
}

function killedAround(unit: UnitEvidence, { proof, group, words, missing }: HostKill): string {
  const where =
    group === null
      ? 'the machine had no memory left'
      : `the control group ${group && `${group} `}above its cage had none left`;
  if (proof === 'log') return `The kernel killed it because ${where}, by its log: "${words}"${peakText(unit)}.`;
  return `The kernel killed it for memory (its counter says ${unit.oomKills}), and its cage never reached its own cap: it ran out around the cage${peakText(unit)}${missing === undefined ? '' : `; ${missing} lines of its log were gone before they could be read`}.`;
}

export function memoryFailure(
  unit: UnitEvidence,
  { cause, why }: MemoryRefusal,
  messages?: readonly FailureMessage[],
): Judgement {
  return memoryVerdict(unit, cause, `${why}${peakText(unit)}.`, messages);
}

function memoryVerdict(
  unit: UnitEvidence,
  cause: MemoryCause,
  why: string,
  messages?: readonly FailureMessage[],
): Judgement {
  const { limits, peakMemoryBytes: peakBytes } = unit;
  return judgement({ kind: 'out-of-memory', cause, capBytes: limits.memoryBytes, peakBytes }, [why], messages);
}

function peakText({ peakMemoryBytes }: UnitEvidence): string {
  return peakMemoryBytes === null ? '' : `; the peak was ${formatBytes(peakMemoryBytes)}`;
}
