import type { Assurance, CageDescription, CageProperties, MechanismName } from '../protocol/limits.ts';
import { oneLine } from './excerpt.ts';

export function mechanismLabel(name: MechanismName): string {
  switch (name) {
    case 'cgroup2':
      return 'cgroup v2';
    case 'cgroup1':
      return 'cgroup v1';
    case 'job-object':
      return 'job object';
    case 'namespaces':
      return 'namespaces';
    case 'subreaper':
      return 'keeper';
    case 'watched-tree':
      return 'watched tree';
    case 'process-group':
      return 'process group';
  }
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
