import type { Assurance, CageDescription, CageProperties, MechanismName } from '../protocol/limits.ts';
import { oneLine } from './excerpt.ts';

const mechanisms: Readonly<Record<MechanismName, string>> = {
  cgroup2: 'cgroup v2',
  cgroup1: 'cgroup v1',
  'job-object': 'job object',
  namespaces: 'namespaces',
  subreaper: 'keeper',
  'watched-tree': 'watched tree',
  'node-keeper': 'keeper in Node',
  'process-group': 'process group',
};

export function mechanismLabel(name: MechanismName): string {
  return mechanisms[name];
}

export const propertyNames: Readonly<Record<keyof CageProperties, string>> = {
  memory: 'Memory cap',
  processes: 'Process limit',
  cleanup: 'Clean-up',
  peak: 'Peak memory',
  cpu: 'CPU time',
};

export function assuranceText(assurance: Assurance): string {
  switch (assurance.level) {
    case 'enforced':
      return `enforced by ${assurance.by}`;
    case 'watched':
      return `watched, ${assurance.how}`;
    case 'unavailable':
      return `not available here, because ${assurance.because}`;
  }
}

/** True when nothing about this cage has to be explained. */
export function fullyEnforced(description: CageDescription): boolean {
  return Object.values(description.properties).every((assurance: Assurance) => assurance.level === 'enforced');
}

/** A line for the cage, one for each of its properties, one for each stronger mechanism and why it was not taken. */
export function cageText(description: CageDescription): string[] {
  const names = Object.keys(propertyNames) as (keyof CageProperties)[];
  return [
    `Cage: ${description.label}`,
    ...names.map(name => `${propertyNames[name]}: ${assuranceText(description.properties[name])}`),
    ...description.passedOver.map(
      ({ mechanism, because }) => `Not ${mechanismLabel(mechanism)}, because ${oneLine(because, 300)}`,
    ),
  ];
}
