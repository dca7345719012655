/** A process to start inside a cage. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of the warden. */
  readonly env: Readonly<Record<string, string>>;
}
