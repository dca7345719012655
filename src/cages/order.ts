import type { MechanismName } from '../protocol/limits.ts';

/** From the strongest to the weakest. */
export const mechanismOrder: readonly MechanismName[] = [
  'cgroup2',
  'cgroup1',
  'namespaces',
  'subreaper',
  'process-group',
];

export const forbiddenText = 'it is forbidden by the settings';
