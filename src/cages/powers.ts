import { defaults } from '../config/settings.ts';
import { groupFacts } from './facts.ts';
import { groupRemedy } from './remedy.ts';
import type { Assurance, LimitName, Limits, Shortcoming } from '../protocol/limits.ts';

/** Why a limit cannot be enforced, and what would give it. */
export type Lack = Omit<Shortcoming, 'limit' | 'partly'>;

/** For each limit whether a way of building cages enforces it. */
export type Powers = Readonly<Record<LimitName, true | Lack>>;

export const all: Powers = {
  memory: true,
  swap: true,
  processes: true,
  openFiles: true,
  fileSize: true,
  disk: true,
  workspaceWrites: true,
  stack: true,
  cpu: true,
  network: true,
  nice: true,
};

const notOnWindows: Lack = {
  because: 'Windows has no such limit that Bulkhead could set',
  fix: 'Run on Linux, or in WSL.',
};

/** Where nothing can be limited but what a mechanism of Windows adds. */
export const noneOnWindows: Powers = {
  memory: notOnWindows,
  swap: notOnWindows,
  processes: notOnWindows,
  openFiles: notOnWindows,
  fileSize: notOnWindows,
  disk: notOnWindows,
  workspaceWrites: notOnWindows,
  stack: notOnWindows,
  cpu: notOnWindows,
  network: notOnWindows,
  nice: notOnWindows,
};

/** Of this machine, as the doctor says it. */
function groups(): string {
  return groupRemedy(groupFacts());
}

/** A property that says for itself how far it holds. */
export function powerOf(assurance: Assurance, fix = groups()): true | Lack {
  switch (assurance.level) {
    case 'enforced':
      return true;
    case 'watched':
      return { because: 'it is only watched, and may be overshot before the test is killed', fix };
    case 'unavailable':
      return { because: assurance.because, fix };
  }
}

export function unwatchedSwap(): Lack {
  return { because: 'the watch on memory does not see what is swapped out', fix: groups() };
}

/** The limits that were asked for and do not hold. What nobody has set is no news: the cage's properties tell it. */
export function shortcomings(limits: Limits, powers: Powers): Shortcoming[] {
  return askedFor(limits).flatMap(limit => {
    const power = powers[limit];
    return power === true ? [] : [{ limit, ...power }];
  });
}

function askedFor(limits: Limits): LimitName[] {
  const asked: Record<LimitName, boolean> = {
    memory: limits.memoryBytes !== null && limits.memoryBytes !== defaults.memory,
    swap: limits.swapBytes !== defaults.swap,
    processes: limits.processes !== null && limits.processes !== defaults.processes,
    openFiles: limits.openFiles !== null,
    fileSize: limits.fileBytes !== null,
    disk: limits.diskBytes !== null,
    workspaceWrites: limits.workspaceWrites === 'discarded',
    stack: limits.stackBytes !== null,
    cpu: limits.cpuMs !== null,
    network: !limits.network,
    nice: limits.nice !== 0,
  };
  return (Object.keys(asked) as LimitName[]).filter(limit => asked[limit]);
}
