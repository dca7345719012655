import { setTimeout as sleep } from 'node:timers/promises';
import treeKill from 'tree-kill';
import type { Launch } from './launch.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { Cage, CageOptions, Counters, LiveUsage, Mechanism } from './cage.ts';
import { killNow } from './owner.ts';
import { hasEnvironment, linuxProcesses, type ProcessRow, type ProcessSource, psProcesses } from './processes.ts';

const looksEvery = 5;
const cookieName = 'BULKHEAD_CAGE';

/** Where nothing better can be had: what the test started is recognised by group, session, ancestry and a cookie. */
export function openProcessGroup(platform = process.platform): Mechanism {
  const linux = platform === 'linux';
  const source: ProcessSource = linux ? linuxProcesses : platform === 'win32' ? () => [] : psProcesses;
  const everyMs = linux ? 20 : 250;
  const watched = { level: 'watched', how: `sampled every ${everyMs} ms` } as const;
  const onWindows = { level: 'unavailable', because: 'this needs a Windows job object' } as const;
  return {
    name: 'process-group',
    label: 'process group, with a watch on memory',
    properties: {
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
    },
    open: (id, options) => new ProcessGroupCage(id, source, everyMs, options),
    close: async () => {},
  };
}

class ProcessGroupCage implements Cage {
  readonly id: string;
  readonly #source: ProcessSource;
  readonly #options: CageOptions;
  readonly #cookie: string;
  readonly #everyMs: number;
  /** Processes without our cookie, which they can never come to carry. */
  readonly #strangers = new Map<number, string>();
  /** Everything ever seen in the cage, by pid; the start time tells a reused pid apart. */
  readonly #seen = new Map<number, string>();
  #leader = 0;
  #leaderStarted: string | null = null;
  #rows: ProcessRow[] = [];
  #cpu = new Map<string, number>();
  #peak = 0;
  #timer: NodeJS.Timeout | undefined;
  #breached = false;

  constructor(id: string, source: ProcessSource, everyMs: number, options: CageOptions) {
    this.id = id;
    this.#source = source;
    this.#options = options;
    this.#everyMs = everyMs;
    this.#cookie = `${process.pid}.${id}.${Date.now()}`;
  }

  wrap(launch: Launch): Launch {
    return { ...launch, env: { ...launch.env, [cookieName]: this.#cookie } };
  }

  born(leader: number): void {
    this.#leader = leader;
    this.#leaderStarted = this.#source().find(row => row.pid === leader)?.started ?? null;
    this.#watch(0);
  }

  live(): LiveUsage {
    return { memoryBytes: memoryOf(this.#rows), processes: this.#rows.length };
  }

  census(): ProcessInfo[] {
    this.#look();
    return this.#rows.map(({ pid, parent, started, command }) => ({ pid, parent, started, command }));
  }

  signal(signal: NodeJS.Signals): void {
    this.#look();
    for (const row of this.#rows) killNow(row.pid, signal);
  }

  async kill(): Promise<ProcessInfo[]> {
    if (process.platform === 'win32') await new Promise(resolve => treeKill(this.#leader, 'SIGKILL', resolve));
    // Twice empty: a process that forked between two reads of the list shows in the second.
    for (let round = 0, empty = 0; round < 500; round++) {
      this.#look();
      empty = this.#rows.length === 0 ? empty + 1 : 0;
      if (empty === 2) return [];
      for (const row of this.#rows) killNow(row.pid, 'SIGSTOP');
      if (this.#rows.length > 0) this.signal('SIGKILL');
      await sleep(round < 20 ? 1 : 10);
    }
    return this.census();
  }

  counters(): Counters {
    return {
      peakMemoryBytes: this.#peak,
      cpuMs: [...this.#cpu.values()].reduce((sum, ms) => sum + ms, 0),
      oomKills: null,
    };
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

  #look(): void {
    if (this.#leader === 0) return;
    const all = this.#source();
    const leaderRow = all.find(row => row.pid === this.#leader);
    // The leader's number may name a stranger by now; then the group of that number is a stranger's too.
    const numberIsOurs = !leaderRow || leaderRow.started === this.#leaderStarted;
    const members = new Map<number, ProcessRow>();
    const isKnown = (row: ProcessRow) => this.#seen.get(row.pid) === row.started;
    const isOurs = (row: ProcessRow) =>
      (numberIsOurs && (row.pid === this.#leader || row.group === this.#leader || row.session === this.#leader)) ||
      members.has(row.parent) ||
      isKnown(row) ||
      this.#hasCookie(row);
    // A child may be listed before its parent.
    for (let before = -1; before !== members.size;) {
      before = members.size;
      for (const row of all) if (!members.has(row.pid) && isOurs(row)) members.set(row.pid, row);
    }
    this.#rows = [...members.values()];
    for (const row of this.#rows) {
      this.#seen.set(row.pid, row.started);
      this.#cpu.set(`${row.pid}@${row.started}`, row.cpuMs);
    }
    this.#measure();
  }

  #hasCookie(row: ProcessRow): boolean {
    if (this.#source !== linuxProcesses || this.#strangers.get(row.pid) === row.started) return false;
    if (hasEnvironment(row.pid, `${cookieName}=${this.#cookie}`)) return true;
    this.#strangers.set(row.pid, row.started);
    return false;
  }

  #measure(): void {
    const bytes = memoryOf(this.#rows);
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
