import { CommandFramework } from './command/framework.ts';
import type { Framework } from './framework.ts';
import { MochaFramework } from './mocha/framework.ts';

export interface FrameworkOptions {
  /** The folder of the bundles that run inside the user's frameworks. */
  readonly inside: string;
}

export function createFrameworks({ inside }: FrameworkOptions): Framework[] {
  return [new MochaFramework(inside), new CommandFramework()];
}
