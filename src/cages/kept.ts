import type { Assurance, CageProperties, Limits } from '../protocol/limits.ts';
import type { Cage, CageOptions, Mechanism } from './cage.ts';
import { Confines } from './confines.ts';
import { KeptCage } from './kept-cage.ts';
import { KeeperLeash } from './leash.ts';
import { all, powerOf, type Powers, unwatchedSwap } from './powers.ts';
import { probeSpaces, type Spaces, without } from './spaces.ts';

const pollMs = 5;

const watchedMemory: Assurance = {
  level: 'watched',
  how: `by the keeper every ${pollMs} ms; may overshoot by what is allocated meanwhile, and a file in /dev/shm that is written and closed again is not seen`,
};
const common: Pick<CageProperties, 'memory' | 'peak' | 'cpu'> = {
  memory: watchedMemory,
  peak: { level: 'watched', how: `sampled every ${pollMs} ms` },
  cpu: { level: 'enforced', by: 'the kernel’s account of every process that the keeper waited for' },
};

/** A user and pid namespace around the test: when its first process ends, the kernel ends the rest. */
export async function openNamespaces(keeper: string): Promise<Mechanism> {
  const processes: Assurance =
    process.getuid?.() === 0
      ? { level: 'unavailable', because: 'without a control group the kernel does not count the processes of root' }
      : { level: 'enforced', by: 'the kernel (RLIMIT_NPROC, which counts within the user namespace)' };
  const powers = powersOf({ ...common, processes }, await probeSpaces(keeper, ['--pidns']));
  return {
    name: 'namespaces',
    label: 'user and pid namespace, with a watch on memory',
    properties: {
      ...common,
      processes,
      cleanup: { level: 'enforced', by: 'the kernel (the end of the pid namespace)' },
    },
    powers,
    open: (id, options) => kept(id, keeper, powers, options, ['--pidns', ...processLimit(options.limits)]),
    close: async () => {},
  };
}

/** A keeper that every orphan of the test becomes a child of. */
export function openSubreaper(keeper: string): Mechanism {
  const processes: Assurance = {
    level: 'unavailable',
    because: 'only a control group or a namespace can count a test’s processes',
  };
  const powers = powersOf({ ...common, processes }, without('this cage is built without namespaces'));
  return {
    name: 'subreaper',
    label: 'keeper, with a watch on memory',
    properties: {
      ...common,
      processes,
      cleanup: {
        level: 'enforced',
        by: 'the kernel’s word to the keeper that it has no child left (ECHILD), unless the test kills its keeper and hides a daemon from every mark',
      },
    },
    powers,
    open: (id, options) => kept(id, keeper, powers, options, []),
    close: async () => {},
  };
}

/** On macOS no process adopts orphans, so the keeper remembers the tree: by ancestry, session and what it has seen before. */
export function openWatchedTree(keeper: string): Mechanism {
  const properties: CageProperties = {
    memory: {
      level: 'watched',
      how: `by the keeper every ${pollMs} ms (physical footprint); may overshoot by what is allocated meanwhile`,
    },
    peak: common.peak,
    cpu: {
      level: 'watched',
      how: `sampled every ${pollMs} ms; what a process used after the last look is not counted`,
    },
    processes: { level: 'unavailable', because: 'the system counts the processes of a user, not those of a test' },
    cleanup: {
      level: 'watched',
      how: 'a process that leaves its session and its parents between two looks may escape',
    },
  };
  const powers = powersOf(properties, without('it needs namespaces, which are a part of Linux'));
  return {
    name: 'watched-tree',
    label: 'keeper of macOS, with a watch on the tree and its memory',
    properties,
    powers,
    open: (id, options) => kept(id, keeper, powers, options, []),
    close: async () => {},
  };
}

function powersOf({ memory, processes }: Pick<CageProperties, 'memory' | 'processes'>, spaces: Spaces): Powers {
  return { ...all, memory: powerOf(memory), swap: unwatchedSwap(), processes: powerOf(processes), ...spaces };
}

function processLimit({ processes }: Limits): string[] {
  // The init of the namespace counts too.
  return processes === null ? [] : ['--nproc', String(processes + 1)];
}

function kept(
  id: string,
  keeper: string,
  powers: Powers,
  { limits, onOverMemory }: CageOptions,
  options: readonly string[],
): Cage {
  const memory = limits.memoryBytes === null ? [] : ['--mem', String(limits.memoryBytes)];
  const confines = new Confines(limits, powers);
  const watched = ['--poll', String(pollMs), ...memory, ...options];
  return new KeptCage(id, { keeper, confines, leash: new KeeperLeash(keeper, watched, confines, onOverMemory) });
}
