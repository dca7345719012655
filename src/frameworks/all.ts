import { BatsFramework } from './bats/framework.ts';
import { CargoFramework } from './cargo/framework.ts';
import { CtestFramework } from './ctest/framework.ts';
import { CommandFramework } from './command/framework.ts';
import { JunitFramework } from './command/junit-framework.ts';
import { TapFramework } from './command/tap-framework.ts';
import type { Framework } from './framework.ts';
import { GoFramework } from './go/framework.ts';
import { JestFramework } from './jest/framework.ts';
import { PlaywrightFramework } from './playwright/framework.ts';
import { MochaFramework } from './mocha/framework.ts';
import { NodeTestFramework } from './node-test/framework.ts';
import { PytestFramework } from './pytest/framework.ts';
import { VitestFramework } from './vitest/framework.ts';

export interface FrameworkOptions {
  /** The folder of the bundles that run inside the user's frameworks. */
  readonly inside: string;
  /** Where frameworks keep what they build. */
  readonly builds: string;
}

export function createFrameworks({ inside, builds }: FrameworkOptions): Framework[] {
  return [
    new MochaFramework(inside),
    new NodeTestFramework(inside),
    new VitestFramework(inside),
    new JestFramework(inside),
    new PlaywrightFramework(inside),
    new PytestFramework(inside),
    new GoFramework(builds),
    new CargoFramework(),
    new BatsFramework(),
    new CtestFramework(),
    new CommandFramework(),
    new TapFramework(),
    new JunitFramework(builds),
  ];
}
