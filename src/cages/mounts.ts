import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface OwnCgroups {
  /** This process's directory in the v2 hierarchy, wherever that is mounted. */
  readonly unified: string | null;
  readonly unifiedMount: string | null;
  /** This process's directory in each v1 hierarchy, by controller. */
  readonly legacy: ReadonlyMap<string, string>;
}

export function ownCgroups(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
  membership = readFileSync('/proc/self/cgroup', 'utf8'),
): OwnCgroups {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  let unified: string | null = null;
  let unifiedMount: string | null = null;
  const legacy = new Map<string, string>();
  for (const line of membership.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    if (!match) continue;
    const [, controllers = '', path = ''] = match;
    if (controllers === '') {
      const mount = mounts.find(m => m.type === 'cgroup2');
      if (mount) {
        unifiedMount = mount.point;
        unified = inside(mount, path);
      }
      continue;
    }
    for (const controller of controllers.split(',')) {
      const mount = mounts.find(m => m.type === 'cgroup' && m.options.includes(controller));
      if (mount) legacy.set(controller, inside(mount, path));
    }
  }
  return { unified, unifiedMount, legacy };
}

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

function parseMount(line: string): Mount[] {
  const [before, after] = line.split(' - ');
  const [, , , root, point] = (before ?? '').split(' ');
  const [type, , options] = (after ?? '').split(' ');
  return root && point && type ? [{ root, point, type, options: (options ?? '').split(',') }] : [];
}

/** A container often mounts only its own subtree: paths are then relative to the mount's root. */
function inside(mount: Mount, path: string): string {
  const below = relative(mount.root, path);
  return below.startsWith('..') ? mount.point : join(mount.point, below);
}
