import type { CagedProcess } from '../engine/caged-process.ts';
import type { MechanismName, ProcessInfo } from '../protocol/limits.ts';
import type { CageStatus, Notice } from '../protocol/messages.ts';

const lookEveryMs = 250;

interface Entry {
  readonly label: string;
  readonly memoryCapBytes: number | null;
  /** A discovery or a listing, of no run. */
  readonly tool: boolean;
}

/** Every cage that is alive now, looked at four times a second while there is one. */
export class Cages {
  readonly #live = new Map<CagedProcess, Entry>();
  readonly #notify: (notice: Notice) => void;
  #timer: NodeJS.Timeout | undefined;
  opened = 0;

  constructor(notify: (notice: Notice) => void) {
    this.#notify = notify;
  }

  add(caged: CagedProcess, entry: Entry): void {
    this.opened++;
    this.#live.set(caged, entry);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
    void caged.finished.finally(() => {
      this.#live.delete(caged);
      if (this.#live.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#look();
    });
  }

  status(mechanism: MechanismName): Promise<CageStatus[]> {
    const statuses = [...this.#live].map(async ([caged, { label, memoryCapBytes }]) => ({
      name: caged.id,
      mechanism,
      label,
      memoryBytes: caged.live().memoryBytes,
      memoryCapBytes,
      processes: await caged.census(),
      ageMs: Date.now() - caged.startedAt,
    }));
    return Promise.all(statuses);
  }

  async stopTools(): Promise<void> {
    const tools = [...this.#live].flatMap(([caged, entry]) => (entry.tool ? [caged] : []));
    await Promise.all(tools.map(caged => this.#kill(caged)));
  }

  async reap(): Promise<readonly ProcessInfo[]> {
    const survivors = await Promise.all([...this.#live.keys()].map(caged => this.#kill(caged)));
    return survivors.flat();
  }

  async #kill(caged: CagedProcess): Promise<readonly ProcessInfo[]> {
    await caged.stop({ kind: 'cancelled' }, true);
    return (await caged.finished).survivors;
  }

  #look(): void {
    const usages = [...this.#live.keys()].map(caged => caged.live());
    this.#notify({
      notice: 'live',
      memoryBytes: usages.reduce((sum, usage) => sum + usage.memoryBytes, 0),
      processes: usages.reduce((sum, usage) => sum + usage.processes, 0),
      cages: usages.length,
      running: [...this.#live.values()].filter(entry => !entry.tool).length,
    });
  }
}
