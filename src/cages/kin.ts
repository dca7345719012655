import { randomBytes } from 'node:crypto';
import { killNow } from './owner.ts';
import { hasEnvironment, linuxProcesses, type ProcessRow, type ProcessSource } from './processes.ts';

export const cookieName = 'BULKHEAD_CAGE';

/** Unlike any other: what carries it in its environment is of this cage. */
export function newCookie(cage: string): string {
  return `${process.pid}.${cage}.${Date.now()}.${randomBytes(6).toString('hex')}`;
}

/** Who belongs to a launch, as far as it can be seen from outside: by group, session, ancestry and a cookie. */
export class Kin {
  readonly #source: ProcessSource;
  readonly #cookie: string;
  /** Processes without our cookie, which they can never come to carry. */
  readonly #strangers = new Map<number, string>();
  /** Everything ever seen of the launch, by pid; the start time tells a reused pid apart. */
  readonly #seen = new Map<number, string>();
  #leader = 0;
  #leaderStarted: string | null = null;
  rows: ProcessRow[] = [];

  /** Without `born`, as for a cage of a dead warden, its cookie and its descent are the only marks. */
  constructor(source: ProcessSource, cookie: string) {
    this.#source = source;
    this.#cookie = cookie;
  }

  get cookie(): string {
    return this.#cookie;
  }

  get environment(): Readonly<Record<string, string>> {
    return { [cookieName]: this.#cookie };
  }

  born(leader: number): void {
    this.#leader = leader;
    this.#leaderStarted = this.#source().find(row => row.pid === leader)?.started ?? null;
  }

  look(): ProcessRow[] {
    const all = this.#source();
    const leaderRow = all.find(row => row.pid === this.#leader);
    // The leader's number may name a stranger by now; then the group of that number is a stranger's too.
    const numberIsOurs = this.#leader !== 0 && (!leaderRow || leaderRow.started === this.#leaderStarted);
    const members = new Map<number, ProcessRow>();
    const isOurs = (row: ProcessRow) =>
      (numberIsOurs && (row.pid === this.#leader || row.group === this.#leader || row.session === this.#leader)) ||
      members.has(row.parent) ||
      this.#seen.get(row.pid) === row.started ||
      this.#hasCookie(row);
    // A child may be listed before its parent.
    for (let before = -1; before !== members.size;) {
      before = members.size;
      for (const row of all) if (!members.has(row.pid) && isOurs(row)) members.set(row.pid, row);
    }
    this.rows = [...members.values()];
    for (const row of this.rows) this.#seen.set(row.pid, row.started);
    return this.rows;
  }

  signal(signal: NodeJS.Signals): void {
    for (const row of this.look()) killNow(row.pid, signal);
  }

  /** One round of the end; true when nobody was there. */
  killRound(): boolean {
    const rows = this.look();
    for (const row of rows) killNow(row.pid, 'SIGSTOP');
    if (rows.length > 0) this.signal('SIGKILL');
    return rows.length === 0;
  }

  #hasCookie(row: ProcessRow): boolean {
    if (this.#source !== linuxProcesses || this.#strangers.get(row.pid) === row.started) return false;
    if (hasEnvironment(row.pid, `${cookieName}=${this.#cookie}`)) return true;
    this.#strangers.set(row.pid, row.started);
    return false;
  }
}
