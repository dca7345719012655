import type { CageDescription, MechanismName } from '../protocol/limits.ts';
import type { Mechanism } from './cage.ts';
import { openCgroup1 } from './cgroup1.ts';
import { openCgroup2 } from './cgroup2.ts';
import { openNamespaces, openSubreaper } from './kept.ts';
import { ownCgroups } from './mounts.ts';
import { openProcessGroup } from './process-group.ts';
import { proveHardCap, proveWatch } from './proof.ts';

export interface Detected {
  readonly mechanism: Mechanism;
  readonly description: CageDescription;
}

/** From the strongest to the weakest. */
export const mechanismOrder: readonly MechanismName[] = [
  'cgroup2',
  'cgroup1',
  'namespaces',
  'subreaper',
  'process-group',
];

export interface DetectOptions {
  /** The path of the keeper; null where there is none for this machine. */
  readonly keeper: string | null;
  readonly forbidden?: readonly string[];
}

/** The strongest mechanism that proved itself here. */
export async function detectMechanism({ keeper, forbidden = [] }: DetectOptions): Promise<Detected> {
  const passedOver: { mechanism: MechanismName; because: string }[] = [];
  for (const name of mechanismOrder) {
    if (forbidden.includes(name)) {
      passedOver.push({ mechanism: name, because: 'it is forbidden by the settings' });
      continue;
    }
    try {
      const mechanism = await openMechanism(name, keeper);
      const { label, properties } = mechanism;
      return { mechanism, description: { mechanism: name, label, properties, passedOver } };
    } catch (error) {
      passedOver.push({ mechanism: name, because: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new Error(
    `No cage can be had on this machine. ${passedOver.map(p => `${p.mechanism}: ${p.because}.`).join(' ')}`,
  );
}

/** Opens a mechanism and believes it only after it has shown what it claims. */
export async function openMechanism(name: MechanismName, keeper: string | null): Promise<Mechanism> {
  switch (name) {
    case 'cgroup2':
      return proveHardCap(await openCgroup2(ownGroups(), keeper));
    case 'cgroup1':
      return proveHardCap(await openCgroup1(ownGroups(), keeper));
    case 'namespaces':
      return proveWatch(openNamespaces(needed(keeper)));
    case 'subreaper':
      return proveWatch(openSubreaper(needed(keeper)));
    case 'process-group':
      return openProcessGroup();
  }
}

function ownGroups() {
  if (process.platform !== 'linux') throw new Error('control groups are a part of Linux');
  return ownCgroups();
}

function needed(keeper: string | null): string {
  if (process.platform !== 'linux') throw new Error('it is a part of Linux');
  if (keeper === null) throw new Error('Bulkhead’s keeper, a small program for this processor, is not there');
  return keeper;
}
