import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo, Shortcoming } from '../../protocol/limits.ts';
import type { Cage, CageOptions, Counters, LeaderEnd, LiveUsage, Traces } from '../cage.ts';
import type { CagedLaunch, Launch } from '../launch.ts';
import { type Powers, shortcomings } from '../powers.ts';
import { launcherEnvironment, type LaunchOrder } from '../launcher-order.ts';
import { LauncherTalk } from './launcher-talk.ts';
import { note } from './layouts.ts';
import type { Job, WindowsProcess, WindowsSystem } from './system.ts';

const killBoundMs = 10_000;

/** What the launcher has for itself, once it waits: the test is not charged with it. */
interface Baseline {
  readonly bytes: number;
  readonly cpuMs: number;
}

export class JobCage implements Cage {
  readonly id: string;
  /** None: the kernel ends a job when its owner is gone, so nothing of it is ever left. */
  readonly traces: Traces = { cookie: null, groups: [], keeper: null };
  readonly unenforced: readonly Shortcoming[];
  readonly #system: WindowsSystem;
  readonly #launcher: string;
  readonly #options: CageOptions;
  readonly #job: Job;
  readonly #talk = new LauncherTalk();
  #order: LaunchOrder | null = null;
  /** The launcher, and its console where that is counted. */
  #own: ReadonlySet<number> = new Set();
  #base: Baseline = { bytes: 0, cpuMs: 0 };
  #sampledPeak = 0;
  #refusedMemory = 0;
  #refusedProcesses = 0;
  #begun = false;
  #killed = false;

  constructor(id: string, system: WindowsSystem, launcher: string, powers: Powers, options: CageOptions) {
    this.id = id;
    this.unenforced = shortcomings(options.limits, powers);
    this.#system = system;
    this.#launcher = launcher;
    this.#options = options;
    this.#job = system.createJob();
  }

  get leader(): Promise<LeaderEnd> {
    return this.#talk.leader;
  }

  wrap(launch: Launch): CagedLaunch {
    const { env, restored } = launcherEnvironment(launch, process.env, process.versions['electron'] !== undefined);
    this.#order = { file: launch.file, args: launch.args, env: restored };
    return { file: process.execPath, args: [this.#launcher], cwd: launch.cwd, env, control: true };
  }

  born(child: ChildProcess): void {
    const launcher = child.pid!;
    this.#own = new Set([launcher]);
    this.#talk.listen(
      child,
      () => this.#begin(),
      end => this.#endOfLauncher(end),
    );
    try {
      this.#job.add(launcher);
    } catch (error) {
      this.#talk.refuse((error as Error).message);
      child.kill();
    }
  }

  /** The launcher waits in the job: from here on it holds what the test may have, beside what the launcher has already. */
  #begin(): LaunchOrder {
    const { memoryBytes, swapBytes, processes, nice } = this.#options.limits;
    this.#own = new Set(this.#job.pids());
    this.#base = { bytes: this.#committed(), cpuMs: this.#job.accounting().cpuMs };
    this.#job.limit({
      memoryBytes: memoryBytes === null ? null : memoryBytes + swapBytes + this.#base.bytes,
      processes: processes === null ? null : processes + this.#own.size,
      nice,
    });
    this.#begun = true;
    return this.#order!;
  }

  /** A launcher tells of the program's end before its own: one that said nothing was ended, by us or by the test. */
  #endOfLauncher(end: LeaderEnd): LeaderEnd {
    if (this.#killed) return { kind: 'ended', code: null, signal: 'SIGKILL' };
    if (this.#begun || end.kind === 'not-started') return end;
    return { kind: 'not-started', because: `Bulkhead’s launcher ended with ${end.signal ?? `code ${end.code}`}` };
  }

  live(): LiveUsage {
    this.#hearNotes();
    const memoryBytes = Math.max(0, this.#committed() - this.#base.bytes);
    this.#sampledPeak = Math.max(this.#sampledPeak, memoryBytes);
    const pids = this.#members();
    return { memoryBytes, processes: pids.length, pids };
  }

  async census(): Promise<ProcessInfo[]> {
    return this.#members().flatMap(pid => {
      const found = this.#system.look(pid);
      return found && !isConsole(found) ? [infoOf(found)] : [];
    });
  }

  /** Windows has no polite signal for a process without a window. */
  signal(_signal: NodeJS.Signals): boolean {
    return false;
  }

  /** Only a terminal's Ctrl-Z asks for it, and Windows has none. */
  async freeze(): Promise<void> {
    // See above.
  }

  thaw(): void {
    // See above.
  }

  async kill(): Promise<ProcessInfo[]> {
    this.#hearNotes();
    this.#killed = true;
    const deadline = performance.now() + killBoundMs;
    for (let round = 0; ; round++) {
      const left = this.#job.pids();
      if (left.length === 0) break;
      if (performance.now() > deadline) return left.flatMap(pid => this.#system.look(pid) ?? []).map(infoOf);
      this.#job.terminate();
      await sleep(round < 20 ? 1 : 10);
    }
    if (this.#own.size > 0) await this.#talk.goneWithin(1000);
    return [];
  }

  counters(): Counters {
    this.#hearNotes();
    const { cpuMs, peakBytes } = this.#job.accounting();
    return {
      peakMemoryBytes: Math.max(this.#sampledPeak, peakBytes - this.#base.bytes),
      cpuMs: Math.max(0, cpuMs - this.#base.cpuMs),
      // Windows refuses the memory and kills nobody.
      oomKills: null,
      refusedMemory: this.#refusedMemory,
      refusedProcesses: this.#refusedProcesses,
    };
  }

  capReached(): null {
    return null;
  }

  async remove(): Promise<void> {
    this.#job.close();
  }

  #members(): number[] {
    return this.#job.pids().filter(pid => !this.#own.has(pid));
  }

  #committed(): number {
    return this.#job.pids().reduce((sum, pid) => sum + this.#system.committed(pid), 0);
  }

  #hearNotes(): void {
    for (const number of this.#job.notes()) {
      if (number === note.tooMuchMemory) this.#refusedMemory++;
      if (number === note.tooManyProcesses) this.#refusedProcesses++;
    }
  }
}

/** Every program without a window has one from Windows, which ends when nobody uses it any more. */
function isConsole({ image }: WindowsProcess): boolean {
  return /\\system32\\conhost\.exe$/i.test(image);
}

function infoOf({ pid, parent, started, command }: WindowsProcess): ProcessInfo {
  return { pid, parent, started, command };
}
