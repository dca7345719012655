/** What a cage may use. `null` means no limit. */
export interface Limits {
  readonly memoryBytes: number | null;
  readonly swapBytes: number;
  readonly processes: number | null;
  readonly timeoutMs: number | null;
  /** From the launch to the framework's first word. */
  readonly startupMs: number;
  /** From the framework's last word to the end of its process. */
  readonly teardownMs: number;
  /** Between the polite signal and the certain one. */
  readonly graceMs: number;
  /** Kept of each attempt's output, half from its head and half from its tail. */
  readonly outputBytes: number;
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

export type MechanismName = 'cgroup2' | 'cgroup1' | 'namespaces' | 'subreaper' | 'process-group';

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
  /** Clock ticks since boot: with the pid it names one process for ever. */
  readonly started: string;
  readonly command: string;
}
