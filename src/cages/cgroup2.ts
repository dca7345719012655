import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import type { CagedLaunch, Launch } from './launch.ts';
import type { ProcessInfo, Shortcoming } from '../protocol/limits.ts';
import { plural } from '../reports/excerpt.ts';
import type { Cage, CageOptions, Counters, LeaderEnd, LiveUsage, Mechanism, Traces } from './cage.ts';
import { ControlGroup } from './cgroup-files.ts';
import { Confines } from './confines.ts';
import { KeeperLeash, type Leash, ShellLeash } from './leash.ts';
import { Halt } from './halt.ts';
import type { OwnCgroups } from './mounts.ts';
import { killNow, ownerName, sweepAbandoned } from './owner.ts';
import { all, type Powers } from './powers.ts';
import { probeSpaces } from './spaces.ts';
import { Sweeper } from './sweeper.ts';

const needed = ['memory', 'pids'] as const;
const mostLooks = 20;

/** Throws with the reason, in words for the user, where this hierarchy cannot hold cages. */
export async function openCgroup2(own: OwnCgroups, keeper: string | null): Promise<Mechanism> {
  if (!own.unified || !own.unifiedMount) throw new Error('no cgroup v2 hierarchy is mounted');
  const base = findBase(own.unified, own.unifiedMount);
  await sweepAbandoned(base.path);
  const owner = new ControlGroup(join(base.path, ownerName()));
  owner.create();
  try {
    for (const controller of needed) owner.set('cgroup.subtree_control', `+${controller}`);
  } catch (error) {
    await owner.remove();
    throw error;
  }
  const powers: Powers = { ...all, ...(await probeSpaces(keeper)) };
  const sweeper = keeper === null ? null : new Sweeper(keeper, [owner.path]);
  return {
    name: 'cgroup2',
    label: 'control groups, version 2',
    properties: {
      memory: { level: 'enforced', by: 'the kernel (cgroup v2 memory.max), for the test and all its children' },
      processes: { level: 'enforced', by: 'the kernel (cgroup v2 pids.max)' },
      cleanup: { level: 'enforced', by: 'the kernel (cgroup.kill), until the cage is empty' },
      peak: existsSync(join(owner.path, 'memory.peak'))
        ? { level: 'enforced', by: 'the kernel’s own record (memory.peak)' }
        : { level: 'watched', how: 'sampled; this kernel is older than 5.19 and keeps no record of its own' },
      cpu: { level: 'enforced', by: 'the kernel’s own record (cpu.stat)' },
    },
    powers,
    open: (id, options) => new Cgroup2Cage(id, owner, keeper, powers, options),
    close: async () => {
      await owner.remove();
      await sweeper?.close();
    },
  };
}

/**
 * A directory that may hold cages: its children have the controllers, and a process may move from here into them.
 * Processes and controlled children may not share a directory (except in the root), so a warden that is alone in its
 * own directory steps into a leaf of it first.
 */
function findBase(own: string, mount: string): ControlGroup {
  const group = new ControlGroup(own);
  const offered = group.text('cgroup.controllers').split(' ');
  const missing = needed.filter(controller => !offered.includes(controller));
  if (missing.length > 0) throw new Error(`cgroup v2 offers no ${missing.join(' or ')} controller at ${own}`);
  const divided = dividedBase(own, mount);
  if (divided) return divided;
  if (!writable(own)) throw new Error(`this user may not write to its control group ${own}`);
  stepIntoLeaf(group);
  return group;
}

/** The nearest directory, from `own` upwards, that is divided already and may be divided further by this user. */
export function dividedBase(own: string, mount: string): ControlGroup | null {
  for (let path = own; ; path = dirname(path)) {
    const candidate = new ControlGroup(path);
    const enabled = candidate.text('cgroup.subtree_control').split(' ');
    if (writable(path) && needed.every(controller => enabled.includes(controller))) return candidate;
    // systemd is the only writer in its slices.
    if (path === mount || dirname(path).endsWith('.slice') || !writable(dirname(path))) return null;
  }
}

function stepIntoLeaf(group: ControlGroup): void {
  const others = group.pids().filter(pid => pid !== process.pid);
  const isRoot = !existsSync(join(group.path, 'cgroup.type'));
  if (others.length > 0 && !isRoot) {
    throw new Error(
      `the control group ${group.path} holds ${plural(others.length, 'other process', 'other processes')}, so it cannot be divided`,
    );
  }
  if (!isRoot) {
    const leaf = new ControlGroup(join(group.path, `warden-${process.pid}`));
    leaf.create();
    leaf.set('cgroup.procs', process.pid);
  }
  for (const controller of needed) group.set('cgroup.subtree_control', `+${controller}`);
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(join(path, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    // That is the answer: the doctor says which group may not be written to.
    return false;
  }
}

class Cgroup2Cage implements Cage {
  readonly id: string;
  readonly traces: Traces;
  readonly #group: ControlGroup;
  readonly #leash: Leash;
  readonly #confines: Confines;
  #sampledPeak = 0;
  readonly #halt = new Halt();
  #refused: number | null = null;

  constructor(id: string, owner: ControlGroup, keeper: string | null, powers: Powers, { limits }: CageOptions) {
    this.id = id;
    this.#group = new ControlGroup(join(owner.path, id));
    this.#group.create();
    if (limits.memoryBytes !== null) {
      this.#group.set('memory.max', limits.memoryBytes);
      // The file is missing where the kernel has no swap; the cap on memory itself holds all the same.
      this.#group.trySet('memory.swap.max', limits.swapBytes);
      this.#group.trySet('memory.oom.group', 1);
    }
    if (limits.processes !== null) this.#group.set('pids.max', limits.processes);
    this.#confines = new Confines(limits, powers);
    this.traces = { cookie: null, groups: [this.#group.path], keeper };
    this.#leash = keeper
      ? new KeeperLeash(keeper, ['--cgroup', this.#group.path], this.#confines)
      : new ShellLeash([this.#group], this.#confines);
  }

  get unenforced(): readonly Shortcoming[] {
    return this.#confines.unenforced;
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
    const memoryBytes = this.#group.number('memory.current') ?? 0;
    this.#sampledPeak = Math.max(this.#sampledPeak, memoryBytes);
    const pids = this.#group.pids();
    return { memoryBytes, processes: pids.length, pids };
  }

  async census(): Promise<ProcessInfo[]> {
    for (let look = 0; ; look++) {
      const living = this.#group.living();
      // A process may move between the groups it made while they are read: the kernel knows whether there is one.
      if (living.length > 0 || look === mostLooks || !this.#populated()) return living;
    }
  }

  signal(signal: NodeJS.Signals): boolean {
    for (const pid of this.#group.pids()) killNow(pid, signal);
    return true;
  }

  async freeze(): Promise<void> {
    if (!this.#group.trySet('cgroup.freeze', 1)) await this.#halt.freeze(() => this.census());
  }

  thaw(): void {
    this.#group.trySet('cgroup.freeze', 0);
    this.#halt.thaw();
  }

  async kill(): Promise<ProcessInfo[]> {
    this.#refused ??= this.#refusals();
    for (let round = 0; round < 1000; round++) {
      // cgroup.kill came with 5.14; before it, no more forks, for what is frozen cannot fork, and a loop of signals.
      if (!this.#group.trySet('cgroup.kill', 1)) {
        this.#group.trySet('cgroup.freeze', 1);
        this.#group.trySet('pids.max', 0);
        this.signal('SIGKILL');
      }
      // The file is gone where another call to kill has seen the end and the cage is removed already.
      if (!this.#populated()) {
        await this.#leash.release();
        return [];
      }
      await sleep(round < 20 ? 1 : 10);
    }
    return this.census();
  }

  counters(): Counters {
    const cpu = this.#group.field('cpu.stat', 'usage_usec');
    return {
      peakMemoryBytes: this.#group.number('memory.peak') ?? this.#sampledPeak,
      cpuMs: cpu === null ? null : cpu / 1000,
      oomKills: this.#group.field('memory.events', 'oom_kill'),
      refusedMemory: null,
      refusedProcesses: this.#refused ?? this.#refusals(),
      ...this.#leash.counted,
    };
  }

  capReached(): boolean | null {
    const times = this.#group.field('memory.events', 'oom');
    return times === null ? null : times > 0;
  }

  #populated(): boolean {
    return this.#group.field('cgroup.events', 'populated') === 1;
  }

  #refusals(): number | null {
    return this.#group.field('pids.events', 'max');
  }

  remove(): Promise<void> {
    this.#confines.remove();
    return this.#group.remove();
  }
}
