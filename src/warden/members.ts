import { ControlGroup } from '../cages/cgroup-files.ts';
import { cookieName } from '../cages/kin.ts';
import { ageMs, environmentOf, linuxProcesses, type ProcessRow, psProcesses } from '../cages/processes.ts';
import type { ProcessUsage } from '../protocol/limits.ts';
import type { Page } from './ledger-page.ts';

type EnteredCage = Page['cages'][number];

/** One look at the machine, in which the processes of any number of cages are found. */
export class Members {
  readonly #rows = new Map<number, ProcessRow>();
  readonly #children = new Map<number, ProcessRow[]>();
  readonly #carriers = new Map<string, ProcessRow[]>();

  constructor() {
    const linux = process.platform === 'linux';
    for (const row of linux ? linuxProcesses() : process.platform === 'win32' ? [] : psProcesses()) {
      this.#rows.set(row.pid, row);
      add(this.#children, row.parent, row);
      const cookie = linux ? environmentOf(row.pid, cookieName) : null;
      if (cookie !== null) add(this.#carriers, cookie, row);
    }
  }

  row(pid: number): ProcessRow | undefined {
    return this.#rows.get(pid);
  }

  /** By control group, cookie and descent. Elsewhere than on Linux neither can be read, so there the leader's number and start must do. */
  of({ groups, cookie, held, keeper }: EnteredCage): ProcessRow[] {
    const found = new Map<number, ProcessRow>();
    const take = (row: ProcessRow | undefined): void => {
      if (!row || found.has(row.pid)) return;
      found.set(row.pid, row);
      for (const child of this.#children.get(row.pid) ?? []) take(child);
    };
    const group = groups.find(path => new ControlGroup(path).text('cgroup.procs') !== '') ?? groups[0];
    if (group !== undefined) for (const pid of new ControlGroup(group).pids()) take(this.#rows.get(pid));
    if (cookie !== null) this.#carriers.get(cookie)?.forEach(take);
    const front = held ? this.#rows.get(held.pid) : undefined;
    if (process.platform !== 'linux' && front?.started === held?.started) take(front);
    return [...found.values()].filter(row => !isKeeper(row, keeper));
  }
}

/** Itself, or the first process of its pid namespace. Its environment may not be read, but its command line may. */
export function isKeeper({ command }: ProcessRow, keeper: string | null): boolean {
  return keeper !== null && command.startsWith(`${keeper} --ctl `);
}

export function usageOf(row: ProcessRow): ProcessUsage {
  const { pid, parent, started, command, memoryBytes, cpuMs } = row;
  return { pid, parent, started, command, memoryBytes, cpuMs, ageMs: ageMs(row) };
}

function add<K>(map: Map<K, ProcessRow[]>, key: K, row: ProcessRow): void {
  const list = map.get(key);
  if (list) list.push(row);
  else map.set(key, [row]);
}
