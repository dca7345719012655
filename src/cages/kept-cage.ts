import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo, Shortcoming } from '../protocol/limits.ts';
import type { Cage, Counters, LeaderEnd, LiveUsage, Traces } from './cage.ts';
import type { Confines } from './confines.ts';
import { Halt } from './halt.ts';
import { Kin, newCookie } from './kin.ts';
import type { CagedLaunch, Launch } from './launch.ts';
import type { TalkingLeash } from './leash.ts';
import { descendants, linuxProcesses, psProcesses } from './processes.ts';

/** More than a keeper itself takes before it names survivors. */
const killBoundMs = 8000;

/** What stands in front of a cage of this kind: its program as a command line begins, and how it is spoken to. */
export interface Front {
  readonly keeper: string;
  readonly leash: TalkingLeash;
  readonly confines: Confines;
}

/** A cage that is nothing but who stands in front of it: that one adopts every orphan, watches, and ends the test. */
export class KeptCage implements Cage {
  readonly id: string;
  readonly traces: Traces;
  readonly #leash: TalkingLeash;
  readonly #confines: Confines;
  readonly #halt = new Halt();
  #keeper = 0;
  /** The second net, for what a killed keeper leaves. */
  readonly #kin: Kin;

  constructor(id: string, { keeper, leash, confines }: Front) {
    this.id = id;
    this.#kin = new Kin(process.platform === 'linux' ? linuxProcesses : psProcesses, newCookie(id));
    this.traces = { cookie: this.#kin.cookie, groups: [], keeper };
    this.#confines = confines;
    this.#leash = leash;
  }

  get unenforced(): readonly Shortcoming[] {
    return this.#confines.unenforced;
  }

  get leader(): Promise<LeaderEnd> {
    return this.#leash.leader;
  }

  get lateMs(): number {
    return this.#leash.talk.lateMs;
  }

  wrap(launch: Launch): CagedLaunch {
    return this.#leash.wrap({ ...launch, env: { ...launch.env, ...this.#kin.environment } });
  }

  born(child: ChildProcess): void {
    this.#leash.hold(child);
    this.#kin.born(child.pid!);
    this.#keeper = child.pid!;
    // A keeper that was killed took its word with it: what it held is ended at once, and looked for again by `kill`.
    child.once('exit', (_code, signal) => void (signal !== null && this.#kin.killRound()));
  }

  live(): LiveUsage {
    const { talk } = this.#leash;
    talk.askUsage();
    const pids = this.#keeper === 0 ? [] : descendants(this.#keeper);
    return { memoryBytes: talk.usage.bytes ?? 0, processes: talk.usage.processes, pids };
  }

  census(): Promise<ProcessInfo[]> {
    return this.#leash.talk.census();
  }

  signal(signal: NodeJS.Signals): boolean {
    this.#leash.talk.signal(signal);
    return true;
  }

  freeze(): Promise<void> {
    return this.#halt.freeze(() => this.census());
  }

  thaw(): void {
    this.#halt.thaw();
  }

  async kill(): Promise<ProcessInfo[]> {
    if (!this.#leash.held) return [];
    const { talk } = this.#leash;
    talk.say('kill');
    await talk.goneWithin(killBoundMs);
    if (talk.done?.survivors === 0) return [];
    await this.#leash.release();
    // Its keeper was killed, stopped, or gave up: what is left is found by its marks.
    for (let round = 0, empty = 0; round < 200 && empty < 2; round++) {
      empty = this.#kin.killRound() ? empty + 1 : 0;
      await sleep(round < 20 ? 1 : 10);
    }
    return this.#kin.look().map(({ pid, parent, started, command }) => ({ pid, parent, started, command }));
  }

  counters(): Counters {
    const { done, usage } = this.#leash.talk;
    return {
      peakMemoryBytes: done?.peakBytes ?? usage.bytes,
      cpuMs: done?.cpuMs ?? usage.cpuMs,
      oomKills: null,
      refusedMemory: null,
      refusedProcesses: null,
      ...this.#leash.counted,
    };
  }

  capReached(): null {
    return null;
  }

  async remove(): Promise<void> {
    this.#confines.remove();
  }
}
