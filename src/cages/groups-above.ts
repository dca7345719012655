import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ControlGroup } from './cgroup-files.ts';
import { ownCgroups, type OwnCgroups } from './mounts.ts';

/** The groups of this process in the hierarchies of version 2 and of one controller of version 1, and all above them. */
export function groupsAbove(own: OwnCgroups, controller: string): ControlGroup[] {
  return [own.unified, own.legacy.get(controller)].filter(path => path != null).flatMap(upwards);
}

/** Of a system without control groups: none. */
export function ownCgroupsIfAny(): OwnCgroups {
  return existsSync('/proc/self/cgroup') ? ownCgroups() : { unified: null, unifiedMount: null, legacy: new Map() };
}

function upwards(path: string): ControlGroup[] {
  if (!existsSync(join(path, 'cgroup.procs'))) return [];
  return [new ControlGroup(path), ...upwards(dirname(path))];
}
