import { ageMs, readProcess } from '../cages/processes.ts';
import { HostMemory } from '../cages/host-memory.ts';
import { clock } from '../engine/clock.ts';
import type { CagedProcess } from '../engine/caged-process.ts';
import { ShortageWatch } from '../engine/shortage-watch.ts';
import type { MechanismName, ProcessInfo, ProcessUsage } from '../protocol/limits.ts';
import type { CageStatus, CageSubject, Notice, Requests } from '../protocol/messages.ts';
import type { Ledger } from './ledger.ts';
import { usageOf } from './members.ts';

const lookEveryMs = 250;
const longestCommand = 300;

interface Entry {
  readonly mechanism: MechanismName;
  readonly memoryCapBytes: number | null;
  readonly subject: CageSubject;
}

/** Every cage that is alive now, looked at four times a second while there is one. */
export class Cages {
  readonly #live = new Map<CagedProcess, Entry>();
  readonly #notify: (notice: Notice) => void;
  #timer: NodeJS.Timeout | undefined;
  /** From when the client has said who it is. */
  ledger: Ledger | null = null;
  /** What the runs that go on may have; null: none does. */
  budgetBytes: () => number | null = () => null;
  /** What is to be left free around them; null: as much as is usual. */
  floorBytes: () => number | null = () => null;
  opened = 0;
  #frozen = false;
  #shortage: ShortageWatch | null = null;

  constructor(notify: (notice: Notice) => void) {
    this.#notify = notify;
  }

  add(caged: CagedProcess, entry: Entry): void {
    this.opened++;
    this.#live.set(caged, entry);
    this.#enter(caged, entry);
    if (this.#frozen) void caged.held.then(() => (this.#frozen ? caged.freeze() : undefined));
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
    const finished = caged.finished.then(({ survivors }) => {
      if (survivors.length === 0) this.ledger?.strike(caged.id);
    });
    // Whoever made it hears of its failure.
    const over = finished.catch(() => {});
    void over.then(() => {
      this.#live.delete(caged);
      if (this.#live.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#look();
    });
  }

  status(): Promise<CageStatus[]> {
    const statuses = [...this.#live].map(async ([caged, { mechanism, subject, memoryCapBytes }]) => ({
      ...subject,
      name: caged.id,
      mechanism,
      memoryBytes: caged.live().memoryBytes,
      memoryCapBytes,
      processes: (await caged.census()).map(measured),
      ageMs: Date.now() - caged.startedAt,
    }));
    return Promise.all(statuses);
  }

  /** Nothing of any test runs when this resolves, and no limit counts. */
  async freeze(): Promise<null> {
    this.#frozen = true;
    clock.pause();
    await Promise.all([...this.#live.keys()].map(caged => caged.freeze()));
    return null;
  }

  thaw(): null {
    this.#frozen = false;
    for (const caged of this.#live.keys()) caged.thaw();
    clock.resume();
    return null;
  }

  async stopTools(): Promise<void> {
    const tools = [...this.#live].flatMap(([caged, entry]) => (entry.subject.run === null ? [caged] : []));
    await Promise.all(tools.map(caged => this.#kill(caged)));
  }

  async end(cage: string): Promise<Requests['endCage']['result']> {
    const caged = [...this.#live.keys()].find(({ id }) => id === cage);
    return { found: caged !== undefined, survivors: caged ? await this.#kill(caged) : [] };
  }

  async reap(): Promise<readonly ProcessInfo[]> {
    const survivors = await Promise.all([...this.#live.keys()].map(caged => this.#kill(caged)));
    return survivors.flat();
  }

  #enter(caged: CagedProcess, { mechanism, memoryCapBytes, subject }: Entry): void {
    const { ledger } = this;
    if (!ledger) return;
    ledger.enter({
      cage: caged.id,
      mechanism,
      ...caged.traces,
      command: caged.command.slice(0, longestCommand),
      since: caged.startedAt,
      memoryCapBytes,
      subject,
    });
    void caged.held.then(pid => pid !== null && ledger.hold(caged.id, pid));
  }

  async #kill(caged: CagedProcess): Promise<readonly ProcessInfo[]> {
    await caged.stop({ kind: 'cancelled' }, true);
    return (await caged.finished).survivors;
  }

  #look(): void {
    if (!this.#frozen && this.#live.size > 0) {
      // Not made before there are cages: this process may have moved into another group to make them.
      this.#shortage ??= watchHere();
      this.#shortage.look([...this.#live.keys()], this.floorBytes());
    }
    const usages = [...this.#live.keys()].map(caged => caged.live());
    const memoryBudgetBytes = this.budgetBytes();
    this.#notify({
      notice: 'live',
      memoryBytes: usages.reduce((sum, usage) => sum + usage.memoryBytes, 0),
      processes: usages.reduce((sum, usage) => sum + usage.processes, 0),
      cages: usages.length,
      running: [...this.#live.values()].filter(entry => entry.subject.run !== null).length,
      ...(memoryBudgetBytes === null ? {} : { memoryBudgetBytes }),
    });
  }
}

function watchHere(): ShortageWatch {
  const memory = HostMemory.here();
  return new ShortageWatch(() => memory.pools());
}

/** Zeros for one that has ended since it was listed, or that this system tells nothing of. */
function measured(process: ProcessInfo): ProcessUsage {
  const row = readProcess(process.pid);
  if (row?.started === process.started) return usageOf(row);
  return { ...process, memoryBytes: 0, cpuMs: 0, ageMs: ageMs(process) };
}
