import type { ChildProcess } from 'node:child_process';
import { joinBeforeExec } from '../cgroup-files.ts';
import type { Confines } from '../confines.ts';
import { controlFd, type CagedLaunch, type Launch } from '../launch.ts';
import { launcherEnvironment, type LaunchOrder } from '../launcher-order.ts';
import { TalkingLeash } from '../leash.ts';

export interface NodeKeeperProgram {
  readonly node: string;
  readonly script: string;
  readonly addon: string;
}

/** Its keeper is a Node, which is told what to start over its socket; a shell sets the limits and becomes the program. */
export class NodeKeeperLeash extends TalkingLeash {
  readonly #program: NodeKeeperProgram;
  readonly #options: readonly string[];
  readonly #confines: Confines;
  #order: LaunchOrder | null = null;

  constructor(
    program: NodeKeeperProgram,
    options: readonly string[],
    confines: Confines,
    onOverMemory: (bytes: number) => void,
  ) {
    super(onOverMemory);
    this.#program = program;
    this.#options = options;
    this.#confines = confines;
  }

  wrap(launch: Launch): CagedLaunch {
    const { node, script, addon } = this.#program;
    const { file, args } = joinBeforeExec([], launch, this.#confines.shellPrelude());
    const { env, restored } = launcherEnvironment(launch, process.env, process.versions['electron'] !== undefined);
    this.#order = { file, args, env: restored };
    const words = [script, '--ctl', String(controlFd), '--addon', addon, ...this.#options];
    return { ...launch, file: node, args: words, env, control: true };
  }

  override hold(child: ChildProcess): void {
    super.hold(child);
    this.talk.say(`order ${JSON.stringify(this.#order)}`);
  }
}
