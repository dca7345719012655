import type { ChildProcess } from 'node:child_process';
import type {
  CageProperties,
  Limits,
  MechanismName,
  ProcessInfo,
  Shortcoming,
  StorageUse,
} from '../protocol/limits.ts';
import type { CagedLaunch, Launch } from './launch.ts';
import type { Powers } from './powers.ts';

export interface LiveUsage {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Its members as far as they are known without a closer look. */
  readonly pids: readonly number[];
}

export interface Counters {
  readonly peakMemoryBytes: number | null;
  readonly cpuMs: number | null;
  /** Processes of this cage that the kernel killed for memory; null where no kernel counts them. */
  readonly oomKills: number | null;
  /** How often the kernel refused the cage more memory and killed nobody; null where it does not work so. */
  readonly refusedMemory: number | null;
  /** How often the kernel refused the cage another process or thread; null where it does not count. */
  readonly refusedProcesses: number | null;
  /** Absent where nobody counts it, and until all of the cage has ended. */
  readonly storage?: StorageUse;
}

/** How the user's program came to its end, or why it never began; its children may still be alive. */
export type LeaderEnd =
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'not-started'; readonly because: string };

/** By what another process recognises who belongs to a cage. */
export interface Traces {
  /** What each process of it was started with in its environment, unless it was cleared. */
  readonly cookie: string | null;
  /** Its directories in the hierarchies of control groups. */
  readonly groups: readonly string[];
  /** The program that stands in front of it, outside; null: the leader was started directly. */
  readonly keeper: string | null;
}

/** A compartment for one unit, used once. */
export interface Cage {
  readonly id: string;
  readonly traces: Traces;
  /** The launch that puts itself into the cage before it becomes the user's program, so that no child is born outside. */
  wrap(launch: Launch): CagedLaunch;
  /** Called once, as soon as the process of the wrapped launch is there. */
  born(child: ChildProcess): void;
  readonly leader: Promise<LeaderEnd>;
  /** What stands in front of the leader took so long to start it; absent: not known, and next to nothing. */
  readonly lateMs?: number;
  /** The limits that were asked for and do not hold here; complete when the launch has been wrapped. */
  readonly unenforced: readonly Shortcoming[];
  live(): LiveUsage;
  /** Who is alive in the cage now. */
  census(): Promise<ProcessInfo[]>;
  /** False where the system has no such signal. */
  signal(signal: NodeJS.Signals): boolean;
  /** Nothing of it runs until it is thawed or killed. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Kills until nothing is alive, and says who still is when even that did not help. */
  kill(): Promise<ProcessInfo[]>;
  counters(): Counters;
  /** Whether its own cap on memory has ever been reached; null: nobody counts that here. */
  capReached(): boolean | null;
  /** Gives the cage's resources back; it must be empty. */
  remove(): Promise<void>;
}

export interface CageOptions {
  readonly limits: Limits;
  /** Called once when a watched (not kernel-enforced) memory cap is exceeded. */
  readonly onOverMemory: (bytes: number) => void;
}

/** One way to build cages, proved to work on this machine before it is offered. */
export interface Mechanism {
  readonly name: MechanismName;
  readonly label: string;
  readonly properties: CageProperties;
  readonly powers: Powers;
  open(id: string, options: CageOptions): Cage;
  /** Ends the mechanism: every cage of it is gone already. */
  close(): Promise<void>;
}
