/** A process to start inside a cage. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of the warden. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder whose changes are to be gone with the cage. */
  readonly discards?: string;
  /** What is below it and stays all the same. */
  readonly keeps?: readonly string[];
}

/** The file descriptor on which a keeper hears and speaks. */
export const controlFd = 4;

export interface CagedLaunch extends Launch {
  /** Whether the process wants a socket at `controlFd`. */
  readonly control: boolean;
}
