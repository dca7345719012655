import type { Mechanism } from '../../src/cages/cage.ts';
import { openCgroup1 } from '../../src/cages/cgroup1.ts';
import { openCgroup2 } from '../../src/cages/cgroup2.ts';
import { ownCgroups } from '../../src/cages/mounts.ts';
import { openProcessGroup } from '../../src/cages/process-group.ts';
import type { MechanismName } from '../../src/protocol/limits.ts';

export interface Available {
  readonly name: MechanismName;
  readonly open: () => Promise<Mechanism>;
  /** Whether the kernel itself holds the cap. */
  readonly hard: boolean;
}

/** The mechanisms to attack; one that this machine does not have is named with the reason, never silently left out. */
export async function mechanismsHere(): Promise<{
  here: Available[];
  missing: { name: MechanismName; because: string }[];
}> {
  const all: Available[] = [
    { name: 'cgroup2', open: () => openCgroup2(ownCgroups()), hard: true },
    { name: 'cgroup1', open: () => openCgroup1(ownCgroups()), hard: true },
    { name: 'process-group', open: async () => openProcessGroup(), hard: false },
  ];
  const here: Available[] = [];
  const missing: { name: MechanismName; because: string }[] = [];
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
