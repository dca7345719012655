import { formatBytes } from '../config/quantities.ts';
import type { FailureMessage, MemoryCause } from '../protocol/verdict.ts';
import type { UnitEvidence } from './evidence.ts';
import { type Judgement, judgement } from './judgement.ts';
import type { MemoryRefusal } from './memory.ts';

const refusalWords = /allocation failed|out of memory|cannot allocate|not enough memory|MemoryError|bad_alloc|ENOMEM/i;

/** A test may live on with less than it asked for, so it must also say that it failed of it. */
export function refusedMemory(unit: UnitEvidence, words: string): boolean {
  return (unit.refusedMemory ?? 0) > 0 && refusalWords.test(words);
}

export function outOfMemory(
  unit: UnitEvidence,
  cause: Exclude<MemoryCause, 'heap'>,
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
