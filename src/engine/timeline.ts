import { mostSteps, type Timeline } from '../protocol/timeline.ts';

const firstStepMs = 250;
/** A test that is over within a second has no course worth keeping: of it, the peaks say all. */
const leastSteps = 4;

interface Step {
  memoryBytes: number;
  processes: number;
  /** Of the cage since its beginning, at the end of the step. */
  cpuMs: number;
}

/** Keeps the course of a cage in a bounded number of steps: when they are full, two become one, and the next ones are twice as long. */
export class Course {
  readonly #startedAt: number;
  readonly #cpuMs: () => number | null;
  #steps: Step[] = [];
  #stepMs = firstStepMs;

  /** `cpuMs` is asked once a step, for that is one more file to read. */
  constructor(startedAt: number, cpuMs: () => number | null) {
    this.#startedAt = startedAt;
    this.#cpuMs = cpuMs;
  }

  note(atMs: number, memoryBytes: number, processes: number): void {
    while (atMs >= this.#stepMs * mostSteps) this.#halve();
    const index = Math.floor(atMs / this.#stepMs);
    const step = this.#steps[index];
    if (step) {
      step.memoryBytes = Math.max(step.memoryBytes, memoryBytes);
      step.processes = Math.max(step.processes, processes);
      return;
    }
    const last = this.#steps.at(-1);
    if (last) last.cpuMs = this.#cpuMs() ?? last.cpuMs;
    const now = { memoryBytes, processes, cpuMs: last?.cpuMs ?? 0 };
    // While nobody looked, it is taken to have been as it was before; the first look can be late as well.
    while (this.#steps.length < index) this.#steps.push({ ...(last ?? now) });
    this.#steps.push(now);
  }

  /** `cpuMs`: of its whole life. Undefined: it was too short. */
  end(cpuMs: number | null): Timeline | undefined {
    const steps = this.#steps;
    const last = steps.at(-1);
    if (!last || steps.length < leastSteps) return undefined;
    last.cpuMs = Math.max(last.cpuMs, cpuMs ?? 0);
    return {
      version: 1,
      startedAt: this.#startedAt,
      stepMs: this.#stepMs,
      memoryKiB: steps.map(({ memoryBytes }) => Math.round(memoryBytes / 1024)),
      processes: steps.map(({ processes }) => processes),
      cpuMs:
        cpuMs === null ? [] : steps.map((step, i) => Math.round(step.cpuMs) - Math.round(steps[i - 1]?.cpuMs ?? 0)),
    };
  }

  #halve(): void {
    const halved: Step[] = [];
    for (let i = 0; i < this.#steps.length; i += 2) {
      const first = this.#steps[i]!;
      const second = this.#steps[i + 1] ?? first;
      halved.push({
        memoryBytes: Math.max(first.memoryBytes, second.memoryBytes),
        processes: Math.max(first.processes, second.processes),
        cpuMs: second.cpuMs,
      });
    }
    this.#steps = halved;
    this.#stepMs *= 2;
  }
}

/** Of a cage that several tests shared, the part in which one of them ran. */
export function during(timeline: Timeline, startedAt: number, durationMs: number): Timeline | undefined {
  const { stepMs, memoryKiB, processes, cpuMs } = timeline;
  const begun = startedAt - timeline.startedAt;
  const from = Math.max(0, Math.floor(begun / stepMs));
  const to = Math.max(from, Math.ceil((begun + durationMs) / stepMs));
  const part = memoryKiB.slice(from, to);
  if (part.length < leastSteps) return undefined;
  return {
    ...timeline,
    startedAt: timeline.startedAt + from * stepMs,
    memoryKiB: part,
    processes: processes.slice(from, to),
    cpuMs: cpuMs.slice(from, to),
  };
}
