import type { Console } from './console.ts';
import type { Interruption } from './interruption.ts';
import type { Suspension } from './suspension.ts';

/** What a command is given of the process that it runs in. */
export interface Program {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The folder of the bundles. */
  readonly dist: string;
  readonly version: string;
  readonly console: Console;
  readonly interruption: Interruption;
  readonly suspension: Suspension;
}
