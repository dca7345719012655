import type { Cage, LiveUsage } from '../cages/cage.ts';
import { Lineage } from './lineage.ts';

const sampleMs = 50;

/** What is seen of a cage by looking at it now and then, from its first process until its leader has gone. */
export class Sampling {
  readonly lineage: Lineage;
  readonly #cage: Cage;
  #maxProcesses = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(cage: Cage) {
    this.#cage = cage;
    this.lineage = new Lineage(cage.traces.keeper);
  }

  /** The kernel's record of the most processes counts threads too, so they are counted by looking. */
  get maxProcesses(): number {
    return this.#maxProcesses;
  }

  born(): void {
    this.#maxProcesses = 1;
    this.look();
  }

  begin(): void {
    this.#timer = setInterval(() => this.look(), sampleMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  look(): LiveUsage {
    const usage = this.#cage.live();
    this.#maxProcesses = Math.max(this.#maxProcesses, usage.processes);
    this.lineage.note(usage.pids);
    return usage;
  }
}
