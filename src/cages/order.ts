import type { MechanismName } from '../protocol/limits.ts';

/** What only this system has. */
const ownOf: Partial<Record<NodeJS.Platform, readonly MechanismName[]>> = {
  win32: ['job-object'],
  darwin: ['watched-tree'],
};
/** What Linux has, from the strongest to the weakest. Elsewhere it is tried as well, for what it says is what to do. */
const ofLinux: readonly MechanismName[] = ['cgroup2', 'cgroup1', 'namespaces', 'subreaper', 'node-keeper'];

/** From the strongest to the weakest. */
export const mechanismOrder = mechanismsOf(process.platform);

export function mechanismsOf(platform: NodeJS.Platform): readonly MechanismName[] {
  return [...(ownOf[platform] ?? []), ...ofLinux, 'process-group'];
}

export const forbiddenText = 'it is forbidden by the settings';
