import type { CageDescription, CageProperties, MechanismName } from './limits.ts';

/** What a project may ask of its cages before anything of it is run. */
export const cageRequirements = ['hard-memory', 'hard-processes', 'kernel-cleanup', 'exact-usage'] as const;
export type CageRequirement = (typeof cageRequirements)[number];

/** What was read of a machine to explain why a cage can or cannot be had. Null: this system does not tell. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The release of the kernel. */
  readonly kernel: string;
  readonly user: number | null;
  /** What kind of container this is inside of. */
  readonly container: string | null;
  readonly wsl: boolean;
  readonly cgroups: CgroupFacts;
  readonly systemd: {
    readonly runs: boolean;
    /** The socket of the user's own bus, by which a delegated group can be asked for. */
    readonly userBus: string | null;
  };
  readonly namespaces: {
    /** user.max_user_namespaces */
    readonly most: number | null;
    /** kernel.unprivileged_userns_clone */
    readonly unprivileged: boolean | null;
    /** kernel.apparmor_restrict_unprivileged_userns */
    readonly restrictedByAppArmor: boolean | null;
    /** A filter of system calls stands over this process. */
    readonly seccomp: boolean | null;
  };
  readonly keeper: KeeperFacts;
  /** What stands in for a keeper that cannot be had; null where this system has no use for it. */
  readonly addon: KeeperFacts | null;
}

export interface CgroupFacts {
  /** `hybrid`: version 2 is mounted beside version 1, which has the memory controller. */
  readonly layout: 'v2' | 'v1' | 'hybrid' | 'none';
  /** This process's directory in version 2. */
  readonly own: string | null;
  readonly writable: boolean;
  readonly controllers: readonly string[];
  /** This process's directory in version 1's memory hierarchy. */
  readonly memoryV1: string | null;
}

export type KeeperFacts =
  | { readonly state: 'works'; readonly path: string }
  | { readonly state: 'missing'; readonly path: string }
  | { readonly state: 'refused'; readonly path: string; readonly because: string };

export type Finding =
  | {
      readonly outcome: 'works';
      readonly label: string;
      readonly properties: CageProperties;
      readonly ms: number;
    }
  | { readonly outcome: 'fails'; readonly because: string; readonly remedy: string | null; readonly ms: number }
  | { readonly outcome: 'forbidden'; readonly by: string };

/** Every mechanism tried, whether or not a stronger one works. */
export interface Diagnosis {
  readonly bulkhead: string;
  readonly machine: MachineFacts;
  readonly mechanisms: readonly ({ readonly mechanism: MechanismName } & Finding)[];
  /** What each test gets; null when even the weakest is forbidden. */
  readonly cage: CageDescription | null;
  /** The cage in use when a stronger one has been found just now: that one is taken from the next start on. */
  readonly inUse: MechanismName | null;
  readonly requirements: readonly RequirementFinding[];
}

export interface RequirementFinding {
  readonly requirement: CageRequirement;
  readonly folder: string;
  /** Null: it is met. */
  readonly unmet: string | null;
}
