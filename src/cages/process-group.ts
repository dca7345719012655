import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import treeKill from 'tree-kill';
import type { CageProperties, ProcessInfo, Shortcoming } from '../protocol/limits.ts';
import type { Cage, CageOptions, Counters, LeaderEnd, LiveUsage, Mechanism, Traces } from './cage.ts';
import { Confines } from './confines.ts';
import { Halt } from './halt.ts';
import { Kin, newCookie } from './kin.ts';
import type { CagedLaunch, Launch } from './launch.ts';
import { ShellLeash } from './leash.ts';
import { all, noneOnWindows, powerOf, type Powers, unwatchedSwap } from './powers.ts';
import { linuxProcesses, type ProcessRow, type ProcessSource, psProcesses } from './processes.ts';
import { without } from './spaces.ts';

const looksEvery = 5;

/** Where nothing better can be had: what the test started is recognised by group, session, ancestry and a cookie. */
export function openProcessGroup(platform = process.platform): Mechanism {
  const linux = platform === 'linux';
  const source: ProcessSource = linux ? linuxProcesses : platform === 'win32' ? () => [] : psProcesses;
  const everyMs = linux ? 20 : 250;
  const watched = { level: 'watched', how: `sampled every ${everyMs} ms` } as const;
  const onWindows = { level: 'unavailable', because: 'this needs a Windows job object' } as const;
  const properties: CageProperties = {
    memory:
      platform === 'win32'
        ? onWindows
        : {
            level: 'watched',
            how: `looked at every ${everyMs} ms and killed when over; may overshoot by what can be allocated meanwhile`,
          },
    processes: { level: 'unavailable', because: 'only a control group or a namespace can count a test’s processes' },
    cleanup: {
      level: 'watched',
      how: 'a process that leaves its session and clears its environment between two looks may escape',
    },
    peak: platform === 'win32' ? onWindows : watched,
    cpu: platform === 'win32' ? onWindows : watched,
  };
  const powers = powersOf(properties, platform);
  return {
    name: 'process-group',
    label: 'process group, with a watch on memory',
    properties,
    powers,
    open: (id, options) => new ProcessGroupCage(id, source, everyMs, powers, options),
    close: async () => {},
  };
}

function powersOf({ memory, processes }: CageProperties, platform: NodeJS.Platform): Powers {
  const watch = { memory: powerOf(memory), swap: unwatchedSwap(), processes: powerOf(processes) };
  const spaces = without(
    'it needs namespaces, and a process group has none',
    'Run on Linux with Bulkhead’s keeper, where user namespaces are allowed.',
  );
  if (platform !== 'win32') return { ...all, ...watch, ...spaces };
  return { ...noneOnWindows, ...watch };
}

class ProcessGroupCage implements Cage {
  readonly id: string;
  readonly #options: CageOptions;
  readonly #everyMs: number;
  readonly #kin: Kin;
  readonly #confines: Confines;
  readonly #leash: ShellLeash;
  readonly #halt = new Halt();
  readonly #cpu = new Map<string, number>();
  #leader = 0;
  #peak = 0;
  #timer: NodeJS.Timeout | undefined;
  #breached = false;

  constructor(id: string, source: ProcessSource, everyMs: number, powers: Powers, options: CageOptions) {
    this.id = id;
    this.#confines = new Confines(options.limits, powers);
    this.#leash = new ShellLeash([], this.#confines);
    this.#options = options;
    this.#everyMs = everyMs;
    this.#kin = new Kin(source, newCookie(id));
  }

  get traces(): Traces {
    return { cookie: this.#kin.cookie, groups: [], keeper: null };
  }

  get leader(): Promise<LeaderEnd> {
    return this.#leash.leader;
  }

  get unenforced(): readonly Shortcoming[] {
    return this.#confines.unenforced;
  }

  wrap(launch: Launch): CagedLaunch {
    return this.#leash.wrap({ ...launch, env: { ...launch.env, ...this.#kin.environment } });
  }

  born(child: ChildProcess): void {
    this.#leash.hold(child);
    this.#leader = child.pid!;
    this.#kin.born(this.#leader);
    this.#watch(0);
  }

  live(): LiveUsage {
    const { rows } = this.#kin;
    return { memoryBytes: memoryOf(rows), processes: rows.length, pids: rows.map(({ pid }) => pid) };
  }

  async census(): Promise<ProcessInfo[]> {
    return this.#look().map(({ pid, parent, started, command }) => ({ pid, parent, started, command }));
  }

  signal(signal: NodeJS.Signals): boolean {
    if (process.platform === 'win32') return false;
    this.#kin.signal(signal);
    return true;
  }

  freeze(): Promise<void> {
    return this.#halt.freeze(() => this.census());
  }

  thaw(): void {
    this.#halt.thaw();
  }

  async kill(): Promise<ProcessInfo[]> {
    if (process.platform === 'win32') await new Promise(resolve => treeKill(this.#leader, 'SIGKILL', resolve));
    // Twice empty: a process that forked between two reads of the list shows in the second.
    for (let round = 0, empty = 0; round < 500; round++) {
      empty = this.#kin.killRound() ? empty + 1 : 0;
      if (empty === 2) return [];
      await sleep(round < 20 ? 1 : 10);
    }
    return this.census();
  }

  counters(): Counters {
    return {
      peakMemoryBytes: this.#peak,
      cpuMs: [...this.#cpu.values()].reduce((sum, ms) => sum + ms, 0),
      oomKills: null,
      refusedMemory: null,
      refusedProcesses: null,
    };
  }

  capReached(): null {
    return null;
  }

  async remove(): Promise<void> {
    clearTimeout(this.#timer);
  }

  /** Known processes are measured at each tick; new ones are looked for at every fifth, for that reads all of /proc. */
  #watch(tick: number): void {
    const begun = performance.now();
    if (tick % looksEvery === 0) this.#look();
    else this.#measure();
    // On a machine with thousands of processes a look is slow, and must leave time for everything else.
    const pause = Math.max(this.#everyMs, (performance.now() - begun) * 4);
    this.#timer = setTimeout(() => this.#watch(tick + 1), pause);
  }

  #look(): ProcessRow[] {
    const rows = this.#kin.look();
    for (const row of rows) this.#cpu.set(`${row.pid}@${row.started}`, row.cpuMs);
    this.#measure();
    return rows;
  }

  #measure(): void {
    const bytes = memoryOf(this.#kin.rows);
    this.#peak = Math.max(this.#peak, bytes);
    const cap = this.#options.limits.memoryBytes;
    if (cap === null || bytes <= cap || this.#breached) return;
    this.#breached = true;
    this.#options.onOverMemory(bytes);
  }
}

function memoryOf(rows: readonly ProcessRow[]): number {
  return rows.reduce((sum, row) => sum + row.memoryBytes, 0);
}
