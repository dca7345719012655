import type { Throttled } from '../protocol/limits.ts';
import type { ControlGroup } from './cgroup-files.ts';
import { groupsAbove, ownCgroupsIfAny } from './groups-above.ts';
import type { OwnCgroups } from './mounts.ts';

/** The CPU quotas above this process, which hold for every cage below it: a container's, a service's, a CI job's. */
export class Throttling {
  readonly #groups: readonly ControlGroup[];

  constructor(own: OwnCgroups) {
    this.#groups = groupsAbove(own, 'cpu').filter(hasQuota);
  }

  /** Since the groups were made; null: there is no quota. */
  soFar(): Throttled | null {
    if (this.#groups.length === 0) return null;
    const of = (key: string) => this.#groups.reduce((sum, group) => sum + (group.field('cpu.stat', key) ?? 0), 0);
    return { times: of('nr_throttled'), ms: of('throttled_usec') / 1e3 + of('throttled_time') / 1e6 };
  }
}

/** What has been added since `before`. */
export function throttledSince(before: Throttled | null, now: Throttled | null): Throttled | null {
  return before && now ? { times: now.times - before.times, ms: now.ms - before.ms } : null;
}

let ours: Throttling | null = null;

/** Of this process, whose groups stay the same. */
export function throttledSoFar(): Throttled | null {
  ours ??= new Throttling(ownCgroupsIfAny());
  return ours.soFar();
}

function hasQuota(group: ControlGroup): boolean {
  const quota = group.text('cpu.max') || group.text('cpu.cfs_quota_us');
  return /^\d/.test(quota);
}
