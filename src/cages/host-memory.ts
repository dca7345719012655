import { readFileSync } from 'node:fs';
import type { ControlGroup } from './cgroup-files.ts';
import { groupsAbove, ownCgroupsIfAny } from './groups-above.ts';
import type { OwnCgroups } from './mounts.ts';

/** Memory that everything here has together: the machine's, or what a container, a service or a CI job may have of it. */
export interface Pool {
  /** Null: the machine itself. */
  readonly group: string | null;
  readonly totalBytes: number;
  /** What may be had before something is killed: the free, the reclaimable, and the swap space that is left. */
  readonly availableBytes: number;
}

/** Where memory can run out around the cages. Nothing on systems that do not tell how much may still be had. */
export class HostMemory {
  readonly #meminfo: string;
  readonly #groups: readonly { readonly group: ControlGroup; readonly capBytes: number }[];

  constructor(own: OwnCgroups, meminfo = '/proc/meminfo') {
    this.#meminfo = meminfo;
    const machine = this.#machine()[0]?.totalBytes ?? 0;
    this.#groups = groupsAbove(own, 'memory').flatMap(group => {
      const capBytes = group.number('memory.max') ?? group.number('memory.limit_in_bytes');
      return capBytes !== null && capBytes < machine ? [{ group, capBytes }] : [];
    });
  }

  static here(): HostMemory {
    return new HostMemory(ownCgroupsIfAny());
  }

  pools(): Pool[] {
    return [
      ...this.#machine(),
      ...this.#groups.map(({ group, capBytes }) => {
        const used = group.number('memory.current') ?? group.number('memory.usage_in_bytes') ?? 0;
        return { group: group.path, totalBytes: capBytes, availableBytes: capBytes - used + reclaimable(group) };
      }),
    ];
  }

  #machine(): Pool[] {
    const text = readIfThere(this.#meminfo);
    const bytes = (key: string) => {
      const [, kibibytes] = new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(text) ?? [];
      return kibibytes === undefined ? null : Number(kibibytes) * 1024;
    };
    const [totalBytes, available] = [bytes('MemTotal'), bytes('MemAvailable')];
    if (totalBytes === null || available === null) return [];
    return [{ group: null, totalBytes, availableBytes: available + (bytes('SwapFree') ?? 0) }];
  }
}

/** Files that were read or written count as used, and are given up before anything is killed. */
function reclaimable(group: ControlGroup): number {
  const text = group.text('memory.stat');
  const field = (key: string) => Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  // Version 1 has the sums with the groups below under names of their own.
  const sum = (key: string) => field(`total_${key}`) || field(key);
  return sum('inactive_file') + sum('active_file') + field('slab_reclaimable');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Only Linux has it.
    return '';
  }
}
