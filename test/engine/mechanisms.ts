import { resolve } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { openMechanism } from '../../src/cages/detect.ts';
import { findKeeper } from '../../src/cages/find-keeper.ts';

const keeper = await findKeeper(resolve(import.meta.dirname, '../../dist'));

export interface Available {
  readonly name: string;
  readonly open: () => Promise<Mechanism>;
  /** Whether the kernel itself holds the cap. */
  readonly hard: boolean;
}

/** The mechanisms to attack; one that this machine does not have is named with the reason, never silently left out. */
export async function mechanismsHere(): Promise<{ here: Available[]; missing: { name: string; because: string }[] }> {
  const all: Available[] = [
    { name: 'cgroup2', open: () => openMechanism('cgroup2', keeper), hard: true },
    { name: 'cgroup2 without keeper', open: () => openMechanism('cgroup2', null), hard: true },
    { name: 'cgroup1', open: () => openMechanism('cgroup1', keeper), hard: true },
    { name: 'cgroup1 without keeper', open: () => openMechanism('cgroup1', null), hard: true },
    { name: 'namespaces', open: () => openMechanism('namespaces', keeper), hard: false },
    { name: 'subreaper', open: () => openMechanism('subreaper', keeper), hard: false },
    { name: 'process-group', open: () => openMechanism('process-group', null), hard: false },
  ];
  const here: Available[] = [];
  const missing: { name: string; because: string }[] = [];
  for (const candidate of all) {
    try {
      await (await candidate.open()).close();
      here.push(candidate);
    } catch (error) {
      missing.push({ name: candidate.name, because: (error as Error).message });
    }
  }
  return { here, missing };
}
