import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import type { CagedLaunch, Launch } from './launch.ts';
import type { CageProperties, ProcessInfo, Shortcoming } from '../protocol/limits.ts';
import type { Cage, CageOptions, Counters, LeaderEnd, LiveUsage, Mechanism, Traces } from './cage.ts';
import { ControlGroup } from './cgroup-files.ts';
import { Confines } from './confines.ts';
import { KeeperLeash, type Leash, ShellLeash } from './leash.ts';
import { Halt } from './halt.ts';
import type { OwnCgroups } from './mounts.ts';
import { killNow, ownerName, sweepAbandoned } from './owner.ts';
import { all, type Powers, powerOf } from './powers.ts';
import { probeSpaces } from './spaces.ts';
import { Sweeper } from './sweeper.ts';

const controllers = ['memory', 'pids', 'cpuacct'] as const;
/** More than all processors together may hold ready for a group, and than the largest page that is asked for at once. */
const unusedBatches = 8 * 1024 ** 2;
/** One that waits for a disk freezes late; the kill that follows does not depend on it. */
const freezerLooks = 20;
type Hierarchy = (typeof controllers)[number] | 'freezer' | 'unified';

/** Caps by the old hierarchies; freezes and kills by the new one where it is mounted beside them, else freezes by the old freezer. */
export async function openCgroup1(own: OwnCgroups, keeper: string | null): Promise<Mechanism> {
  const bases = new Map<Hierarchy, string>();
  for (const controller of controllers) {
    const path = own.legacy.get(controller);
    if (path) bases.set(controller, path);
  }
  if (!bases.has('memory')) throw new Error('no cgroup v1 memory hierarchy is mounted');
  if (own.unified && existsSync(join(own.unified, 'cgroup.procs'))) bases.set('unified', own.unified);
  const freezer = own.legacy.get('freezer');
  if (freezer && !bases.has('unified')) bases.set('freezer', freezer);
  const name = ownerName();
  const owners = new Map<Hierarchy, ControlGroup>();
  const close = async () => {
    for (const owner of owners.values()) await owner.remove();
  };
  try {
    for (const [hierarchy, base] of bases) {
      await sweepAbandoned(base);
      const owner = new ControlGroup(join(base, name));
      owner.create();
      owners.set(hierarchy, owner);
    }
  } catch (error) {
    // The memory hierarchy may be ours and the next one not: nothing may stay behind of half a mechanism.
    await close();
    throw error;
  }
  const properties: CageProperties = {
    memory: { level: 'enforced', by: 'the kernel (cgroup v1 memory controller), for the test and all its children' },
    processes: bases.has('pids')
      ? { level: 'enforced', by: 'the kernel (cgroup v1 pids controller)' }
      : { level: 'unavailable', because: 'no cgroup v1 pids hierarchy is mounted' },
    cleanup: { level: 'enforced', by: 'the kernel’s list of the cage’s processes, killed until it is empty' },
    peak: { level: 'enforced', by: 'the kernel’s own record (memory.max_usage_in_bytes)' },
    cpu: bases.has('cpuacct')
      ? { level: 'enforced', by: 'the kernel’s own record (cpuacct.usage)' }
      : { level: 'unavailable', because: 'no cgroup v1 cpuacct hierarchy is mounted' },
  };
  const fix = 'Mount the cgroup v1 pids hierarchy.';
  const powers: Powers = { ...all, processes: powerOf(properties.processes, fix), ...(await probeSpaces(keeper)) };
  const sweeper =
    keeper === null
      ? null
      : new Sweeper(
          keeper,
          [...owners.values()].map(({ path }) => path),
        );
  return {
    name: 'cgroup1',
    label: 'control groups, version 1',
    properties,
    powers,
    open: (id, options) => new Cgroup1Cage(id, owners, keeper, powers, options),
    close: async () => {
      await close();
      await sweeper?.close();
    },
  };
}

class Cgroup1Cage implements Cage {
  readonly id: string;
  readonly traces: Traces;
  readonly #groups = new Map<Hierarchy, ControlGroup>();
  readonly #leash: Leash;
  readonly #confines: Confines;
  readonly #halt = new Halt();
  #refused: number | null = null;

  constructor(
    id: string,
    owners: ReadonlyMap<Hierarchy, ControlGroup>,
    keeper: string | null,
    powers: Powers,
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
    this.#confines = new Confines(limits, powers);
    this.traces = { cookie: null, groups: groups.map(({ path }) => path), keeper };
    const joins = groups.flatMap(group => ['--cgroup', group.path]);
    this.#leash = keeper ? new KeeperLeash(keeper, joins, this.#confines) : new ShellLeash(groups, this.#confines);
  }

  get unenforced(): readonly Shortcoming[] {
    return this.#confines.unenforced;
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
    const pids = this.#memory.pids();
    return { memoryBytes: this.#memory.number('memory.usage_in_bytes') ?? 0, processes: pids.length, pids };
  }

  async census(): Promise<ProcessInfo[]> {
    return this.#memory.living();
  }

  signal(signal: NodeJS.Signals): boolean {
    for (const pid of this.#memory.pids()) killNow(pid, signal);
    return true;
  }

  async freeze(): Promise<void> {
    if (this.#groups.get('unified')?.trySet('cgroup.freeze', 1) || (await this.#freezeByFreezer())) return;
    await this.#halt.freeze(() => this.census());
  }

  thaw(): void {
    this.#groups.get('unified')?.trySet('cgroup.freeze', 0);
    this.#groups.get('freezer')?.thaw();
    this.#halt.thaw();
  }

  /** Forks of what is being frozen are born frozen; the kernel has seen to all of them when it says so. */
  async #freezeByFreezer(): Promise<boolean> {
    const group = this.#groups.get('freezer');
    if (!group?.trySet('freezer.state', 'FROZEN')) return false;
    for (let look = 0; look < freezerLooks && group.text('freezer.state') === 'FREEZING'; look++) await sleep(1);
    return true;
  }

  async kill(): Promise<ProcessInfo[]> {
    this.#refused ??= this.#refusals();
    // No more forks first: a fork bomb would outrun a loop of signals.
    this.#groups.get('pids')?.trySet('pids.max', 0);
    for (let round = 0; round < 1000; round++) {
      const killed = this.#groups.get('unified')?.trySet('cgroup.kill', 1) ?? false;
      // Before 5.14: what is frozen cannot fork, and a frozen group of version 2 can be killed.
      if (!killed) this.#groups.get('unified')?.trySet('cgroup.freeze', 1);
      if (this.#memory.pids().length === 0) {
        await this.#leash.release();
        return [];
      }
      await this.#freezeByFreezer();
      this.signal('SIGKILL');
      this.#groups.get('freezer')?.thaw();
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
      refusedMemory: null,
      refusedProcesses: this.#refused ?? this.#refusals(),
      ...this.#leash.counted,
    };
  }

  /** The old hierarchy counts no such thing, but the kernel's records tell how near it came; pages are taken in batches. */
  capReached(): boolean {
    const near = (peak: string, cap: string) => {
      const [reached, allowed] = [this.#memory.number(peak), this.#memory.number(cap)];
      return reached !== null && allowed !== null && reached >= allowed - unusedBatches;
    };
    return (
      near('memory.max_usage_in_bytes', 'memory.limit_in_bytes') ||
      near('memory.memsw.max_usage_in_bytes', 'memory.memsw.limit_in_bytes')
    );
  }

  #refusals(): number | null {
    return this.#groups.get('pids')?.field('pids.events', 'max') ?? null;
  }

  async remove(): Promise<void> {
    this.#confines.remove();
    for (const group of this.#groups.values()) await group.remove();
  }
}
