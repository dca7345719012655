import { newV1Group, newV2Group, type Group } from './groups.ts';
import type { Identity, KeptOptions } from './kept.ts';

/** How a keeper is asked to hold a test. */
export interface CageKind {
  readonly label: string;
  /** Ready to be spread into the options of one keeper, or a sentence that says why it cannot be here. */
  readonly open: (as: Identity) => OpenCage | string;
}

export interface OpenCage {
  readonly kept: Pick<KeptOptions, 'options' | 'prefix' | 'as'>;
  /** What the kernel says is in the cgroup, where there is one. */
  readonly inside: () => number[];
  readonly close: () => Promise<void>;
}

function inGroup(group: Group | string, as: Identity): OpenCage | string {
  if (typeof group === 'string') return group;
  const { prefix, folder, processes, remove } = group;
  // A prefix drops the rights itself, after it has used them.
  return {
    kept: { options: ['--cgroup', folder], prefix, ...(prefix.length === 0 ? { as } : {}) },
    inside: processes,
    close: remove,
  };
}

const plain = (label: string, ...options: string[]): CageKind => ({
  label,
  open: as => ({ kept: { options, as }, inside: () => [], close: () => Promise.resolve() }),
});

export const subreaper = plain('subreaper');
export const pidNamespace = plain('pid namespace', '--pidns');
export const cgroup1: CageKind = { label: 'cgroup v1', open: as => inGroup(newV1Group(as), as) };
export const cgroup2: CageKind = { label: 'cgroup v2', open: as => inGroup(newV2Group(as), as) };
export const everyCage: readonly CageKind[] = [subreaper, pidNamespace, cgroup1, cgroup2];
