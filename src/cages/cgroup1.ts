import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import type { CagedLaunch, Launch } from './launch.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { Cage, CageOptions, Counters, LeaderEnd, LiveUsage, Mechanism } from './cage.ts';
import { ControlGroup } from './cgroup-files.ts';
import { KeeperLeash, type Leash, ShellLeash } from './leash.ts';
import type { OwnCgroups } from './mounts.ts';
import { killNow, ownerName, sweepAbandoned } from './owner.ts';

const controllers = ['memory', 'pids', 'cpuacct'] as const;
type Hierarchy = (typeof controllers)[number] | 'unified';

/** Caps by the old hierarchies, and kills by the new one where it is mounted beside them. */
export async function openCgroup1(own: OwnCgroups, keeper: string | null): Promise<Mechanism> {
  const bases = new Map<Hierarchy, string>();
  for (const controller of controllers) {
    const path = own.legacy.get(controller);
    if (path) bases.set(controller, path);
  }
  if (!bases.has('memory')) throw new Error('no cgroup v1 memory hierarchy is mounted');
  if (own.unified && existsSync(join(own.unified, 'cgroup.procs'))) bases.set('unified', own.unified);
  const name = ownerName();
  const owners = new Map<Hierarchy, ControlGroup>();
  for (const [hierarchy, base] of bases) {
    await sweepAbandoned(base);
    const owner = new ControlGroup(join(base, name));
    owner.create();
    owners.set(hierarchy, owner);
  }
  return {
    name: 'cgroup1',
    label: 'control groups, version 1',
    properties: {
      memory: { level: 'enforced', by: 'the kernel (cgroup v1 memory controller), for the test and all its children' },
      processes: bases.has('pids')
        ? { level: 'enforced', by: 'the kernel (cgroup v1 pids controller)' }
        : { level: 'unavailable', because: 'no cgroup v1 pids hierarchy is mounted' },
      cleanup: { level: 'enforced', by: 'the kernel’s list of the cage’s processes, killed until it is empty' },
      peak: { level: 'enforced', by: 'the kernel’s own record (memory.max_usage_in_bytes)' },
      cpu: bases.has('cpuacct')
        ? { level: 'enforced', by: 'the kernel’s own record (cpuacct.usage)' }
        : { level: 'unavailable', because: 'no cgroup v1 cpuacct hierarchy is mounted' },
    },
    open: (id, options) => new Cgroup1Cage(id, owners, keeper, options),
    close: async () => {
      for (const owner of owners.values()) await owner.remove();
    },
  };
}

class Cgroup1Cage implements Cage {
  readonly id: string;
  readonly #groups = new Map<Hierarchy, ControlGroup>();
  readonly #leash: Leash;

  constructor(
    id: string,
    owners: ReadonlyMap<Hierarchy, ControlGroup>,
    keeper: string | null,
    { limits }: CageOptions,
  ) {
    this.id = id;
    for (const [hierarchy, owner] of owners) {
      const group = new ControlGroup(join(owner.path, id));
      group.create();
      this.#groups.set(hierarchy, group);
    }
    const memory = this.#memory;
    if (limits.memoryBytes !== null) {
      memory.set('memory.limit_in_bytes', limits.memoryBytes);
      // The file is missing where the kernel does not account for swap; the cap on memory itself holds all the same.
      memory.trySet('memory.memsw.limit_in_bytes', limits.memoryBytes + limits.swapBytes);
    }
    if (limits.processes !== null) this.#groups.get('pids')?.set('pids.max', limits.processes);
    const groups = [...this.#groups.values()];
    this.#leash = keeper
      ? new KeeperLeash(
          keeper,
          groups.flatMap(group => ['--cgroup', group.path]),
        )
      : new ShellLeash(groups);
  }

  get #memory(): ControlGroup {
    return this.#groups.get('memory')!;
  }

  get leader(): Promise<LeaderEnd> {
    return this.#leash.leader;
  }

  wrap(launch: Launch): CagedLaunch {
    return this.#leash.wrap(launch);
  }

  born(child: ChildProcess): void {
    this.#leash.hold(child);
  }

  live(): LiveUsage {
    return {
      memoryBytes: this.#memory.number('memory.usage_in_bytes') ?? 0,
      processes: this.#memory.pids().length,
    };
  }

  async census(): Promise<ProcessInfo[]> {
    return this.#memory.living();
  }

  signal(signal: NodeJS.Signals): void {
    for (const pid of this.#memory.pids()) killNow(pid, signal);
  }

  async kill(): Promise<ProcessInfo[]> {
    // No more forks first: a fork bomb would outrun a loop of signals.
    this.#groups.get('pids')?.trySet('pids.max', 0);
    for (let round = 0; round < 1000; round++) {
      this.#groups.get('unified')?.trySet('cgroup.kill', 1);
      if (this.#memory.pids().length === 0) {
        await this.#leash.release();
        return [];
      }
      this.signal('SIGKILL');
      await sleep(round < 20 ? 1 : 10);
    }
    return this.census();
  }

  counters(): Counters {
    const cpu = this.#groups.get('cpuacct')?.number('cpuacct.usage');
    return {
      peakMemoryBytes: this.#memory.number('memory.max_usage_in_bytes'),
      cpuMs: cpu == null ? null : cpu / 1e6,
      // `memory.failcnt` stays 0 on recent kernels; this counter is the proof of a kill.
      oomKills: this.#memory.field('memory.oom_control', 'oom_kill'),
    };
  }

  async remove(): Promise<void> {
    for (const group of this.#groups.values()) await group.remove();
  }
}
