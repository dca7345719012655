import type { LeakKind } from '../../protocol/verdict.ts';
import { replace } from './replaced.ts';

// Taken before any test can replace them.
const cwd = process.cwd.bind(process);

/** Each variable of the environment, and what else there is under names that no variable can have. */
type Look = Readonly<Record<string, string | undefined>>;

const directory = '=directory';
const umask = '=umask';

/** What runners write for themselves, at whatever moment. */
const runnersOwn = /^(BULKHEAD_|VITEST|JEST_|MOCHA_|NODE_(V8_COVERAGE|CHANNEL|UNIQUE_ID)|npm_)/;

interface Change<T> {
  readonly test: T;
  readonly was: string | undefined;
  readonly now: string | undefined;
  /** How many had been noted before it. */
  readonly order: number;
}

export interface Changed<T> {
  readonly test: T;
  readonly leak: LeakKind;
  readonly what: string;
}

/** What tests change of their process, by looks before and after each: environment, working directory, umask. */
export class Surroundings<T extends object> {
  readonly #env: () => NodeJS.ProcessEnv;
  readonly #first: Look;
  readonly #before = new Map<T, { readonly look: Look; readonly noted: number }>();
  /** The last of each. */
  readonly #changes = new Map<string, Change<T>>();
  #noted = 0;
  #last: Look | null = null;
  #latest: { readonly look: Look; readonly variables: number } = { look: {}, variables: -1 };
  #umask = octal(process.umask());

  constructor(env: () => NodeJS.ProcessEnv = () => process.env) {
    this.#env = env;
    this.#first = this.#look();
  }

  /** From now on, before the user's code can take hold of it: asking for the umask would set it for a moment, also for other threads. */
  listen(): void {
    replace(process, 'umask', (genuine, args) => {
      const was = genuine(...args);
      const [mask] = args;
      if (mask !== undefined) this.#umask = octal(typeof mask === 'string' ? Number.parseInt(mask, 8) : Number(mask));
      return was;
    });
  }

  before(test: T): void {
    this.#before.set(test, { look: this.#look(), noted: this.#noted });
  }

  after(test: T): void {
    const begun = this.#before.get(test);
    if (!begun) return;
    this.#before.delete(test);
    const { look: before, noted } = begun;
    const now = this.#look();
    if (now === before) return;
    const note = (name: string): void => {
      const change = this.#changes.get(name);
      const isInner = change !== undefined && change.order >= noted && change.now === now[name];
      // A test within this one has been blamed for it.
      if (isInner || runnersOwn.test(name)) return;
      this.#changes.set(name, { test, was: before[name], now: now[name], order: this.#noted++ });
    };
    for (const name in now) if (now[name] !== before[name]) note(name);
    for (const name in before) if (!(name in now)) note(name);
  }

  /** Whatever puts things back has done so. */
  settle(): void {
    this.#last ??= this.#look();
  }

  /** What is still as a test has left it, and not as it was at first: a hook, or another test, may have put it back. */
  *left(): Generator<Changed<T>> {
    this.settle();
    const last = this.#last!;
    for (const [name, { test, was, now }] of this.#changes) {
      if (last[name] !== now || last[name] === this.#first[name]) continue;
      yield { test, ...told(name, was, now) };
    }
  }

  /** The very object of the look before it where all is as it was, which it mostly is. */
  #look(): Look {
    const env = this.#env();
    // Every question to the real environment goes to the system: a spread asks for each variable twice.
    const names = Object.getOwnPropertyNames(env);
    const folder = directoryNow();
    const { look: latest, variables } = this.#latest;
    const isAsLatest =
      names.length === variables &&
      latest[directory] === folder &&
      latest[umask] === this.#umask &&
      names.every(name => latest[name] === env[name]);
    if (isAsLatest) return latest;
    const look: Record<string, string | undefined> = {};
    for (const name of names) look[name] = env[name];
    this.#latest = { look, variables: names.length };
    return Object.assign(look, { [directory]: folder, [umask]: this.#umask });
  }
}

function told(name: string, was: string | undefined, now: string | undefined): Omit<Changed<never>, 'test'> {
  if (name === directory) return { leak: 'changed-directory', what: `${now} instead of ${was}` };
  if (name === umask) return { leak: 'changed-umask', what: `${now} instead of ${was}` };
  return { leak: 'changed-environment', what: `${name}${fate(was, now)}` };
}

/** Never the value: it may be a secret. */
function fate(was: string | undefined, now: string | undefined): string {
  if (was === undefined) return '';
  return now === undefined ? ' (removed)' : ' (changed)';
}

function directoryNow(): string {
  try {
    return cwd();
  } catch {
    // Whoever changed to it has removed it.
    return 'a folder that is gone';
  }
}

function octal(mask: number): string {
  return (mask & 0o777).toString(8).padStart(4, '0');
}
