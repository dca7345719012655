import type { LeakKind } from '../../protocol/verdict.ts';
import type { EventPipe } from './event-pipe.ts';
import { MadeFolders } from './made-folders.ts';
import { OpenHandles } from './open-handles.ts';
import { OpenPorts } from './open-ports.ts';
import { Surroundings } from './surroundings.ts';

interface Ref {
  readonly path: readonly string[];
  readonly ordinal: number;
}

/**
 * What each test leaves in the process that it shares with others, or behind it. Looked for from before its first hook on, and told
 * when all tests and hooks are over: what is put back by then is no leak.
 */
export class Leaks {
  readonly #events: EventPipe;
  readonly #handles = new OpenHandles<Ref>();
  readonly #ports = new OpenPorts<Ref>();
  readonly #folders = new MadeFolders<Ref>();
  readonly #surroundings: Surroundings<Ref>;
  #open: readonly Ref[] = [];
  /** Tests have run beside each other, and nobody knows whose something is. */
  #doubtful = false;

  /** `env`: the environment as tests see it. */
  constructor(events: EventPipe, env?: () => NodeJS.ProcessEnv) {
    this.#events = events;
    this.#surroundings = new Surroundings(env);
    this.#surroundings.listen();
    this.#folders.listen();
  }

  before(test: Ref): void {
    this.#handles.before(test);
    const outer = this.#open.at(-1);
    // The same test again, because it is tried once more.
    if (outer === test || this.#doubtful) return;
    if (outer && !isWithin(test, outer)) {
      this.#doubtful = true;
      this.#folders.current = null;
      return;
    }
    this.#open = [...this.#open, test];
    this.#folders.current = test;
    this.#ports.before(test);
    this.#surroundings.before(test);
  }

  after(test: Ref): void {
    this.#handles.after(test);
    if (this.#doubtful || !this.#open.includes(test)) return;
    this.#open = this.#open.filter(each => each !== test);
    this.#folders.current = this.#open.at(-1) ?? null;
    this.#ports.after(test);
    this.#surroundings.after(test);
  }

  /** The surroundings of tests are about to be removed, in the order of the framework. */
  settle(): void {
    this.#surroundings.settle();
  }

  /** What keeps the process from ending, which may never come to the rest. */
  tellOpen(): void {
    for (const [test, what] of this.#handles.left()) this.#events.say({ t: 'left', ...refOf(test), what });
  }

  tell(): void {
    this.tellOpen();
    const leaks = new Map<Ref, Map<LeakKind, string[]>>();
    const add = (test: Ref, leak: LeakKind, what: string): void => {
      const ofTest = leaks.get(test) ?? new Map<LeakKind, string[]>();
      leaks.set(test, ofTest);
      ofTest.set(leak, [...(ofTest.get(leak) ?? []), what]);
    };
    for (const { test, leak, what } of this.#surroundings.left()) add(test, leak, what);
    for (const [test, address] of this.#ports.left()) add(test, 'open-ports', address);
    for (const [test, folder] of this.#folders.left()) add(test, 'temporary-files', folder);
    for (const [test, ofTest] of leaks)
      for (const [leak, what] of ofTest) this.#events.say({ t: 'leak', ...refOf(test), leak, what });
  }
}

function refOf({ path, ordinal }: Ref): Ref {
  return { path, ordinal };
}

function isWithin({ path }: Ref, { path: outer }: Ref): boolean {
  return path.length > outer.length && outer.every((title, at) => path[at] === title);
}
