import type { Cage, LiveUsage } from '../cages/cage.ts';
import type { Timeline } from '../protocol/timeline.ts';
import { Lineage } from './lineage.ts';
import { Course } from './timeline.ts';

const sampleMs = 50;

/** What is seen of a cage by looking at it now and then, from its first process until its leader has gone. */
export class Sampling {
  readonly lineage: Lineage;
  readonly #cage: Cage;
  #maxProcesses = 0;
  #timer: NodeJS.Timeout | undefined;
  #bornAt = 0;
  #course: Course | null = null;

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
    this.#bornAt = performance.now();
    this.#course = new Course(Date.now(), () => this.#cage.counters().cpuMs);
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
    this.#course?.note(performance.now() - this.#bornAt, usage.memoryBytes, usage.processes);
    return usage;
  }

  /** The course of its life; nothing is added to it any more. `cpuMs`: all that it took. */
  timeline(cpuMs: number | null): Timeline | undefined {
    const timeline = this.#course?.end(cpuMs);
    this.#course = null;
    return timeline;
  }
}
