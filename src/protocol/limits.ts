import type { WorkspaceWrites } from './settings.ts';

/** What a cage may use. `null` means no limit. */
export interface Limits {
  readonly memoryBytes: number | null;
  readonly swapBytes: number;
  readonly processes: number | null;
  readonly timeoutMs: number | null;
  /** A test that takes longer is told of while it runs. */
  readonly slowMs: number | null;
  /** From the launch to the framework's first word. */
  readonly startupMs: number;
  /** From the framework's last word to the end of its process. */
  readonly teardownMs: number;
  /** Between the polite signal and the certain one. */
  readonly graceMs: number;
  /** Kept of each attempt's output, half from its head and half from its tail. */
  readonly outputBytes: number;
  /** Of the whole output, in a file, where more is printed than is kept; 0: no file. */
  readonly outputFileBytes: number;
  /** More output than this ends the attempt. */
  readonly outputLimitBytes: number | null;
  /** Without any output or event. */
  readonly idleMs: number | null;
  /** In each process. */
  readonly openFiles: number | null;
  readonly fileBytes: number | null;
  /** Of all files in the temporary folder together. */
  readonly diskBytes: number | null;
  readonly stackBytes: number | null;
  /** Of each process, rounded up to whole seconds. */
  readonly cpuMs: number | null;
  readonly network: boolean;
  /** What becomes of what it writes in the workspace. */
  readonly workspaceWrites: WorkspaceWrites;
  /** 0: as the warden itself. */
  readonly nice: number;
}

/** A limit that only a cage can enforce, by the name of its setting. */
export type LimitName =
  | 'memory'
  | 'swap'
  | 'processes'
  | 'openFiles'
  | 'fileSize'
  | 'disk'
  | 'workspaceWrites'
  | 'stack'
  | 'cpu'
  | 'network'
  | 'nice';

/** A limit that was asked for and that the cage at hand does not enforce. */
export interface Shortcoming {
  readonly limit: LimitName;
  readonly because: string;
  /** What would give it. */
  readonly fix: string;
  /** It holds for a part of what it is about. */
  readonly partly?: boolean;
}

/** How far a property of a cage can be trusted on this machine. */
export type Assurance =
  | { readonly level: 'enforced'; readonly by: string }
  | { readonly level: 'watched'; readonly how: string }
  | { readonly level: 'unavailable'; readonly because: string };

export interface CageProperties {
  readonly memory: Assurance;
  readonly processes: Assurance;
  readonly cleanup: Assurance;
  readonly peak: Assurance;
  readonly cpu: Assurance;
}

export type MechanismName =
  'cgroup2' | 'cgroup1' | 'job-object' | 'namespaces' | 'subreaper' | 'watched-tree' | 'node-keeper' | 'process-group';

export interface CageDescription {
  readonly mechanism: MechanismName;
  readonly label: string;
  readonly properties: CageProperties;
  /** Why each stronger mechanism was not taken. */
  readonly passedOver: readonly { readonly mechanism: MechanismName; readonly because: string }[];
}

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** In the system’s own clock (on Linux ticks since boot): with the pid it names one process for ever. */
  readonly started: string;
  readonly command: string;
}

/** A process of a cage, as it was seen while it lived. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** Of its program, and of the script that it runs. */
  readonly name: string;
}

/** What was read from storage and written to it. What is found in memory, or kept there, does not count. */
export interface StorageUse {
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** A process that outlived the leader of its cage. */
export interface LeftProcess extends ProcessInfo {
  readonly ageMs?: number;
  /** Names of its ancestors, its parent first, as far as they were seen. */
  readonly startedBy?: readonly string[];
  /** `tcp 127.0.0.1:3000`. */
  readonly listensAt?: readonly string[];
}

/** How often, and for how long together, the kernel withheld CPU time that a quota had used up. */
export interface Throttled {
  readonly times: number;
  readonly ms: number;
}

/** A process at work. */
export interface ProcessUsage extends ProcessInfo {
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly ageMs: number;
}
