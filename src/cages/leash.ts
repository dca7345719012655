import type { ChildProcess } from 'node:child_process';
import type { Counters, LeaderEnd } from './cage.ts';
import type { ControlGroup } from './cgroup-files.ts';
import { joinBeforeExec } from './cgroup-files.ts';
import type { Confines } from './confines.ts';
import { type CagedLaunch, controlFd, type Launch } from './launch.ts';
import { KeeperTalk } from './keeper-talk.ts';

/** What holds a cage's leader: how it is started, how its end is heard, and how the holder itself is let go. */
export interface Leash {
  wrap(launch: Launch): CagedLaunch;
  hold(child: ChildProcess): void;
  readonly leader: Promise<LeaderEnd>;
  /** What a holder counts that a control group does not. */
  readonly counted: Pick<Counters, 'storage'>;
  /** Called when the cage is empty: resolves when the holder is gone too. */
  release(): Promise<void>;
}

/** The child is the leader: a shell that joined the groups and then became the program. */
export class ShellLeash implements Leash {
  readonly #groups: readonly ControlGroup[];
  readonly #confines: Confines;
  readonly #leader = Promise.withResolvers<LeaderEnd>();
  readonly leader = this.#leader.promise;
  readonly counted = {};

  constructor(groups: readonly ControlGroup[], confines: Confines) {
    this.#groups = groups;
    this.#confines = confines;
  }

  wrap(launch: Launch): CagedLaunch {
    if (process.platform === 'win32') return { ...launch, control: false };
    return { ...joinBeforeExec(this.#groups, launch, this.#confines.shellPrelude()), control: false };
  }

  hold(child: ChildProcess): void {
    child.once('exit', (code, signal) => this.#leader.resolve({ kind: 'ended', code, signal }));
  }

  async release(): Promise<void> {
    // The leader was in the cage, and the cage is empty.
  }
}

/** Always given: core dumps fill disks, and the machine's own out-of-memory killer should take a test before an editor. */
const always = [
  '--core',
  '0',
  '--goodbye',
  '2000',
  ...(process.platform === 'linux' ? ['--oom-score-adj', '800'] : []),
];

/** The child is a keeper, outside the cage; it starts the leader inside, and tells of its end. */
export abstract class TalkingLeash implements Leash {
  readonly talk: KeeperTalk;
  #child: ChildProcess | null = null;

  constructor(onOverMemory: (bytes: number) => void = () => {}) {
    this.talk = new KeeperTalk(onOverMemory);
  }

  abstract wrap(launch: Launch): CagedLaunch;

  get leader(): Promise<LeaderEnd> {
    return this.talk.leader;
  }

  get counted(): Pick<Counters, 'storage'> {
    return this.talk.storage;
  }

  get held(): boolean {
    return this.#child !== null;
  }

  hold(child: ChildProcess): void {
    this.#child = child;
    this.talk.listen(child);
  }

  /** A test of the same user may have stopped its keeper, which then would never let go by itself. */
  async release(): Promise<void> {
    if (!this.#child) return;
    this.talk.say('kill');
    if (await this.talk.goneWithin(1000)) return;
    this.#child?.kill('SIGKILL');
    await this.talk.goneWithin(1000);
  }
}

/** Its keeper is the program that was built for it. */
export class KeeperLeash extends TalkingLeash {
  readonly #keeper: string;
  readonly #options: readonly string[];
  readonly #confines: Confines;

  constructor(keeper: string, options: readonly string[], confines: Confines, onOverMemory?: (bytes: number) => void) {
    super(onOverMemory);
    this.#keeper = keeper;
    this.#options = options;
    this.#confines = confines;
  }

  wrap(launch: Launch): CagedLaunch {
    const confined = this.#confines.keep(launch);
    const options = ['--ctl', String(controlFd), ...always, ...this.#options, ...confined.options];
    const args = [...options, '--', launch.file, ...launch.args];
    return { ...confined.launch, file: this.#keeper, args, control: true };
  }
}
