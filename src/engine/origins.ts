import { inodesOf } from '../cages/descriptors.ts';
import { environmentOf } from '../cages/processes.ts';
import type { Framework } from '../frameworks/framework.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { Progress, UnitTests } from './unit-tests.ts';

/** Which test of a cage started what outlives it, as far as the environment of that says. */
export class Origins {
  readonly #framework: Framework;
  readonly #tests: UnitTests;
  readonly #found = new Map<string, Progress>();

  constructor(framework: Framework, tests: UnitTests) {
    this.#framework = framework;
    this.#tests = tests;
  }

  /** While they live, for then it can be read. */
  note(alive: readonly ProcessInfo[]): void {
    const [framework, { all, shared }] = [this.#framework, this.#tests];
    if (!framework.originOf || !shared) return;
    const tests = all.map(({ test }) => test);
    for (const each of alive) {
      const test = framework.originOf(tests, name => environmentOf(each.pid, name));
      // What never began here started nothing, whatever an environment says.
      const origin = all.find(progress => progress.test === test && progress.startedAt !== null);
      if (origin) this.#found.set(nameOf(each), origin);
    }
    if (framework.waitsForHolders) this.#noteHolders(alive);
  }

  /** Null: nobody knows. */
  of(process: ProcessInfo): Progress | null {
    return this.#found.get(nameOf(process)) ?? null;
  }

  /** Who of the tests has a pipe open that what is left of the framework has open too. */
  #noteHolders(alive: readonly ProcessInfo[]): void {
    const ofNoTest = alive.filter(each => this.of(each) === null);
    const awaited = new Set(ofNoTest.flatMap(({ pid }) => inodesOf(pid, 'pipe')));
    for (const each of alive) {
      const origin = this.of(each);
      if (origin && inodesOf(each.pid, 'pipe').some(pipe => awaited.has(pipe)))
        origin.leftOpen = [...origin.leftOpen, `process ${each.pid} (${each.command})`];
    }
  }
}

function nameOf({ pid, started }: ProcessInfo): string {
  return `${pid}@${started}`;
}
