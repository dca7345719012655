import { readProcess } from '../cages/processes.ts';
import type { ProcessInfo, SeenProcess } from '../protocol/limits.ts';

interface Ancestor {
  readonly started: string;
  readonly parent: number;
  readonly name: string;
}

const longestChain = 8;
const mostSeen = 50;

/** Who started whom, noted while the parents live: an orphan's own parent is no longer the one that it was born of. */
export class Lineage {
  readonly #known = new Map<number, Ancestor>();
  readonly #settled = new Set<number>();
  readonly #outside: string | null;

  /** `outside`: the program that stands in front of the cage, which is nobody's ancestor for a reader. */
  constructor(outside: string | null) {
    this.#outside = outside && nameOf(outside);
  }

  /** Cheap for what is known already, so it may be called often. */
  note(pids: readonly number[]): void {
    for (const pid of pids) {
      if (this.#settled.has(pid)) continue;
      const row = readProcess(pid);
      if (!row) continue;
      const known = this.#known.get(pid);
      const name = nameOf(row.command);
      // Until it is seen twice under one name of its own, it may not yet be the program that it was forked to be.
      if (known?.name === name && name !== this.#outside && !name.startsWith('[')) this.#settled.add(pid);
      this.#known.set(pid, { started: row.started, parent: known?.parent ?? row.parent, name });
    }
  }

  /** Whether it was ever seen here. */
  has(pid: number): boolean {
    return this.#known.has(pid);
  }

  /** The first of those that were seen, in the order of their birth. */
  seen(): SeenProcess[] {
    const inside = [...this.#known].filter(([, { name }]) => name !== this.#outside);
    inside.sort(([a, one], [b, other]) => Number(one.started) - Number(other.started) || a - b);
    return inside.slice(0, mostSeen).map(([pid, { parent, name }]) => ({ pid, parent, name }));
  }

  /** From its parent upwards, as far as they were seen. */
  ancestorsOf({ pid, started }: ProcessInfo): string[] {
    const names: string[] = [];
    let next = this.#known.get(pid);
    if (next?.started !== started) return names;
    for (
      next = this.#known.get(next.parent);
      next && names.length < longestChain;
      next = this.#known.get(next.parent)
    ) {
      if (next.name !== this.#outside) names.push(next.name);
    }
    return names;
  }
}

/** The program without its folder, and the script that it runs: `node server.js`. */
export function nameOf(command: string): string {
  const [program = '', ...args] = command.split(' ');
  const script = /\b(node|python[\d.]*|ruby|perl|php|sh|bash|deno|bun)$/.test(program)
    ? args.find(argument => !argument.startsWith('-'))
    : undefined;
  return [program, ...(script ? [script] : [])]
    .map(word => word.slice(word.lastIndexOf('/') + 1))
    .join(' ')
    .slice(0, 80);
}
