import { resolve } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { openMechanism } from '../../src/cages/detect.ts';
import { findAddon, findKeeper } from '../../src/cages/find-keeper.ts';
import type { CageProperties } from '../../src/protocol/limits.ts';

/** Where each takes its time to prove itself, as on a slow kernel, only some: `BULKHEAD_MECHANISMS=cgroup2`. */
const asked = process.env['BULKHEAD_MECHANISMS']?.split(',');
const dist = resolve(import.meta.dirname, '../../dist');
const [keeper, addon] = [await findKeeper(dist), findAddon(dist)];

interface Candidate {
  readonly name: string;
  readonly open: () => Promise<Mechanism>;
  /** Whether the kernel itself holds the cap. */
  readonly hard: boolean;
}

export interface Available extends Candidate {
  readonly properties: CageProperties;
}

/** The mechanisms to attack; one that this machine does not have is named with the reason, never silently left out. */
export async function mechanismsHere(): Promise<{ here: Available[]; missing: { name: string; because: string }[] }> {
  const all: Candidate[] = [
    { name: 'cgroup2', open: () => openMechanism('cgroup2', keeper), hard: true },
    { name: 'cgroup2 without keeper', open: () => openMechanism('cgroup2', null), hard: true },
    { name: 'cgroup1', open: () => openMechanism('cgroup1', keeper), hard: true },
    { name: 'cgroup1 without keeper', open: () => openMechanism('cgroup1', null), hard: true },
    { name: 'namespaces', open: () => openMechanism('namespaces', keeper), hard: false },
    { name: 'subreaper', open: () => openMechanism('subreaper', keeper), hard: false },
    { name: 'node-keeper', open: () => openMechanism('node-keeper', null, addon), hard: false },
    { name: 'process-group', open: () => openMechanism('process-group', null), hard: false },
  ];
  const here: Available[] = [];
  const missing: { name: string; because: string }[] = [];
  for (const candidate of all) {
    if (asked && !asked.includes(candidate.name.split(' ')[0]!)) {
      missing.push({ name: candidate.name, because: `BULKHEAD_MECHANISMS asks for ${asked.join()} alone` });
      continue;
    }
    try {
      const mechanism = await candidate.open();
      here.push({ ...candidate, properties: mechanism.properties });
      await mechanism.close();
    } catch (error) {
      missing.push({ name: candidate.name, because: (error as Error).message });
    }
  }
  return { here, missing };
}
